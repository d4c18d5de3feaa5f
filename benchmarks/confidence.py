"""How wide the intervals of `boundcheck.trial.confidence` are, and what one costs, next to intervals for a fixed n.

    python benchmarks/confidence.py [--error 0.05] [--samples 9]

Hoeffding's and Clopper and Pearson's intervals are right only if the number of values is fixed before the first is
drawn; ours are right whenever one stops. Values lie in [0, 1]; widths and times are medians over the samples. Times
depend on the machine: nothing is asserted.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from scipy.stats import beta

from boundcheck.trial.confidence import mean_interval

Array = NDArray[np.float64]
COUNTS = (10**2, 10**3, 10**4, 10**5)
COLUMNS = ("law", "n", "width", "Hoeffding", "ratio", "Clopper-Pearson", "ratio", "ms")
LAWS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "Bernoulli 0.001": lambda rng, n: rng.binomial(1, 0.001, n).astype(float),
    "Bernoulli 0.1": lambda rng, n: rng.binomial(1, 0.1, n).astype(float),
    "Bernoulli 0.5": lambda rng, n: rng.binomial(1, 0.5, n).astype(float),
    "beta(2, 5)": lambda rng, n: rng.beta(2, 5, n),
    "beta(0.5, 0.5)": lambda rng, n: rng.beta(0.5, 0.5, n),
    "u^20, heavy near 0": lambda rng, n: rng.random(n) ** 20,
    "1% of the range +- 14%": lambda rng, n: rng.beta(50, 4950, n),
    "0.99 or 1": lambda rng, n: 0.99 + 0.01 * rng.binomial(1, 0.9, n),
}


def hoeffding(values: Array, error: float) -> float:
    """Width of average +- sqrt(log(2 / error) / (2n)), within [0, 1]."""
    average, half = float(values.mean()), math.sqrt(math.log(2 / error) / (2 * len(values)))
    return min(average + half, 1.0) - max(average - half, 0.0)


def clopper_pearson(values: Array, error: float) -> float | None:
    """Width of the exact interval of zeros and ones."""
    if not np.isin(values, (0, 1)).all():
        return None
    n, ones = len(values), int(values.sum())
    lower = float(beta.ppf(error / 2, ones, n - ones + 1)) if ones else 0.0
    return (float(beta.isf(error / 2, ones + 1, n - ones)) if ones < n else 1.0) - lower


def row(name: str, count: int, error: float, samples: int) -> list[str]:
    """One line of the table, from samples whose seed is their number."""
    found: list[tuple[float, float, float | None, float]] = []
    for seed in range(samples):
        values = LAWS[name](np.random.default_rng([seed, count]), count)
        start = time.perf_counter()
        interval = mean_interval(values, 0, 1, error)
        seconds = time.perf_counter() - start
        width = interval.upper - interval.lower
        found.append((width, hoeffding(values, error), clopper_pearson(values, error), seconds))
    ours, fixed, exact, seconds = (statistics.median(x) if None not in x else None for x in zip(*found, strict=True))
    of_exact = ["", ""] if exact is None else [f"{exact:.3g}", f"{ours / exact:.2f}"]
    return [name, f"{count:,}", f"{ours:.3g}", f"{fixed:.3g}", f"{ours / fixed:.2f}", *of_exact, f"{1e3 * seconds:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Widths and times of anytime-valid confidence intervals.")
    parser.add_argument("--error", type=float, default=0.05, help="error probability (default 0.05)")
    parser.add_argument("--samples", type=int, default=9, help="samples of each law and size (default 9)")
    given = parser.parse_args()
    if not 0 < given.error < 1:
        parser.error(f"--error={given.error}: expected a number strictly between 0 and 1")
    if given.samples < 1:
        parser.error(f"--samples={given.samples}: expected at least 1")
    table = Table(box=SIMPLE_HEAD, title=f"intervals with error probability {given.error}, median of {given.samples}")
    for place, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for name in LAWS:
        for count in COUNTS:
            table.add_row(*row(name, count, given.error, given.samples), end_section=count == COUNTS[-1])
    Console(width=None if Console().is_terminal else 120).print(table)


if __name__ == "__main__":
    main()
