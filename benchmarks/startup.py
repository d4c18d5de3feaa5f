"""How long boundcheck takes to start, next to a bare interpreter on the same machine in the same run.

    python benchmarks/startup.py [--repeats 9]

Each command runs in its own process. The repeats go round robin, so that a busy moment hits every row alike; the table
shows medians. Times depend on the machine: nothing is asserted.
"""

import argparse
import statistics
import subprocess
import sys
import time

BASELINE = "bare interpreter"
CALL = "from boundcheck.cli.main import run; run()"
COMMANDS = {
    BASELINE: [sys.executable, "-c", "pass"],
    "import boundcheck": [sys.executable, "-c", "import boundcheck"],
    "boundcheck --help": [sys.executable, "-c", CALL, "--help"],
    "boundcheck verify": [
        *(sys.executable, "-c", CALL, "verify"),
        *("--widths", "64,1000,40,10", "--c1", "1", "--c2", "1.7", "--keep", "0.3", "--wide", "2"),
    ],
}


def seconds(command: list[str]) -> float:
    """Wall time of one run. A verdict's exit code is an answer; bad input or a crash stops the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    elapsed = time.perf_counter() - start
    if done.returncode == 2 or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)}\nexit code {done.returncode}\n{done.stderr}")
    return elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description="Medians of boundcheck's start-up times.")
    parser.add_argument("--repeats", type=int, default=9, help="runs of each command (default 9)")
    repeats = parser.parse_args().repeats
    if repeats < 1:
        parser.error(f"--repeats={repeats}: expected at least 1")
    rounds = [{name: seconds(command) for name, command in COMMANDS.items()} for _ in range(repeats)]
    median = {name: statistics.median(one[name] for one in rounds) for name in COMMANDS}
    bare = median[BASELINE]
    print(f"{'command':<20} {'median':>9} {'over bare':>10} {'ratio':>7}   ({repeats} runs each)")
    for name, value in median.items():
        print(f"{name:<20} {value * 1e3:>6.0f} ms {(value - bare) * 1e3:>7.0f} ms {value / bare:>6.1f}x")


if __name__ == "__main__":
    main()
