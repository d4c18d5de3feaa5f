"""Runs the toy plan as the command line runs a real one: python toy_run.py STORE WORKERS [PAUSE]"""

import json
import sys
from pathlib import Path

import numpy as np
from toy_cells import PLAN, SCHEDULE, is_decided, toy_plan

from boundcheck.core.errors import InputError
from boundcheck.trial.run import run
from boundcheck.trial.store import Store
from boundcheck.trial.workers import Workers


def main(path: Path, workers: Workers, pause: float) -> None:
    with Store.writing(path, PLAN) as store:
        store.record_start({"command": " ".join(sys.argv)})
        if store.get_network("net") is None:
            store.add_network("net", {"weight": np.arange(6.0).reshape(2, 3)})
        cells = toy_plan(pause)
        print("started", flush=True)
        run(cells, SCHEDULE, store, is_decided, workers, lambda text, share: print(f"{share:.3f} {text}", flush=True))
        means = [store.values(number).mean(axis=0).tolist() for number in range(len(cells))]
        store.write_verdicts([json.dumps(mean) for mean in means])


if __name__ == "__main__":
    file, where, *rest = sys.argv[1:]
    try:
        main(
            Path(file),
            Workers(cluster=where) if "://" in where else Workers(int(where)),
            float(rest[0]) if rest else 0.0,
        )
    except InputError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
