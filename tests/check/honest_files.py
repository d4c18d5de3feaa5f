"""Inputs, and honest certificates and records of every kind, made by the commands themselves in one folder."""

import contextlib
import io
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from boundcheck.cli.main import run

STATED = "--widths 4000,10 --c1 1 --c2 1"
NET = "net.npz --data data.npz"
MAPS = "kernels.npz --mode conv --map 4 --padding circular --data maps.npz"
KINKS = "relu.safetensors --bottleneck 1 --data x.npy --labels y.npy"
CERTIFICATES = {
    "widths": "--widths 64,4000,10 --c1 1 --c2 1.7 --keep 0.3 --wide 2",
    "widths that hold": f"{STATED} --levels 127 --wide 1",
    "target xi": "--widths 4000,10 --c1 1/3 --c2 1 --levels 127 --wide 1 --xi 0.09",
    "exact counts that hold": "--widths 4000,10 --c1 1 --c2 1 --keep 0.3 --wide 1 --draw exact-counts",
    "auto": "--widths 64,1000,40,10 --c1 1 --c2 1.7 --keep 0.3",
    "fixed draw": "--widths 64,1000,40,10 --c1 1 --c2 1.7 --keep 0.3 --alpha 0.9 --bernoulli 0.2 --max-error 5",
    "bottleneck": "--widths 64,1000,40,10 --c1 1 --c2 1.7 --sparsity 0.7 --bottleneck 1",
    "law that holds": "--widths 4000,10 --law glorot --failure-probability 0.001 --levels 127 --wide 1",
    "typical law": "--widths 64,100,10 --law kaiming --c1 2 --levels 3 --wide 1",
    "neurons that hold": "--widths 64,4000,10 --c1 1 --c2 1 --mode structured --keep 0.5 --wide 2",
    "filters that hold": "--channels 3,8000,10 --kernel 2 --map 4 --c1 1 --c2 1 --mode conv --keep 0.5 --wide 2",
    "npz": "nobias.npz --keep 0.5 --data data.npz",
    "npz bottleneck": "nobias.npz --levels 7 --bottleneck 1",
    "safetensors": "relu.safetensors --keep 0.5 --data x.npy --labels y.npy",
    "safetensors that holds": "relu.safetensors --levels 1000000 --unquantized 0.5 --data targets.npz",
    "npz neurons": "nobias.npz --mode structured --keep 0.7 --data data.npz",
    "npz filters": "kernels.npz --mode conv --map 4 --padding circular --keep 0.7 --bottleneck 1",
    "npz filters, auto": "kernels.npz --mode conv --map 5 --padding circular --keep 0.7 --data big_maps.npz",
    "torch": "net.pt --activation tanh --keep 0.5 --data x.npy",
    "built-in data": "digits.npz --levels 100 --data digits",
    "alpha of one": "nobias.npz --levels 7 --wide 3",
    "nothing found": "--widths 3,2 --c1 1 --c2 1 --keep 0.001 --wide 1",
    "no xi": "--widths 64,10 --c1 1 --c2 1.7 --keep 0.3 --max-error 1e-40",
    "biases": f"{NET} --keep 0.7",
    "biases without data": "net.npz --mode structured --keep 0.7 --bottleneck 1",
    "two blocks that hold": f"{NET} --levels 300 --bottleneck 1 --wide 3",
    "two blocks of exact counts": f"{NET} --keep 0.7 --draw exact-counts --bottleneck 1 --wide 3",
    "one layer through the next": "nobias.npz --keep 0.7 --data data.npz --wide 1",
    "rows at data": "nobias.npz --mode structured --keep 0.7 --bottleneck 1 --data data.npz",
    "columns at data": "nobias.npz --mode structured --keep 0.7 --wide 2 --data data.npz",
    "input filters at data": f"{MAPS} --keep 0.7 --wide 2",
    "output filters at data": f"{MAPS} --keep 0.7 --bottleneck 1",
    "nonzero at zero that holds": "sigmoid.safetensors --levels 1000 --data targets.npz",
    "plain effort that holds": f"{KINKS} --levels 40 --effort plain",
    "near-exact effort that holds": f"{KINKS} --levels 40 --effort near-exact",
    "exact counts, near-exact": f"{KINKS} --keep 0.9 --draw exact-counts --effort near-exact",
    "alpha at data": "nobias.npz --keep 0.7 --data data.npz --wide 2 --alpha 0.95",
}
RECORDS = {
    "weights": f"{NET} --keep 0.4 --wide 2",
    "weights of a bottleneck": f"{NET} --keep 0.4 --bottleneck 1 --wide 3 --seed 3",
    "at random": f"{NET} --keep 0.4 --wide 2 --order random",
    "by index": "net.npz --data targets.npz --alpha 0.9 --bernoulli 0.3 --wide 2 --order fixed",
    "quantized": f"{NET} --levels 3 --unquantized 0.1 --wide 2 --seed 12345678901234567",
    "columns": f"{NET} --keep 0.5 --mode structured --wide 2",
    "rows": f"{NET} --keep 0.5 --mode structured --bottleneck 1",
    "input filters": f"{MAPS} --keep 0.5 --wide 2",
    "output filters": f"{MAPS} --keep 0.5 --bottleneck 1",
    "float32 file": "sigmoid.safetensors --data data.npz --levels 7 --wide 2",
    "merged into a bias": "sigmoid.safetensors --data data.npz --mode structured --keep 0.5 --bottleneck 1 --merge",
    "merged rows": f"{NET} --keep 0.5 --mode structured --bottleneck 1 --merge",
    "merged filters": f"{MAPS} --keep 0.5 --bottleneck 1 --merge",
    "projected": "identity.npz --data unit.npz --alpha 1 --bernoulli 0.5 --wide 1",
    "no projection, float32": f"{NET} --keep 0.4 --wide 2 --no-projection --dtype float32",
    "rows in float32": f"{NET} --keep 0.5 --mode structured --bottleneck 1 --dtype float32",
    "labels of their own": "net.npz --data x.npy --labels y.npy --keep 0.4 --wide 2 --order random",
    "zeros among the weights": "zeros.npz --data data.npz --keep 0.5 --wide 1",
    "torch": "net.pt --activation tanh --data data.npz --keep 0.4 --wide 1",
    "exact counts": f"{NET} --keep 0.4 --draw exact-counts --bottleneck 1 --wide 3 --seed 3",
    "exact counts among zeros": "zeros.npz --data data.npz --keep 0.5 --draw exact-counts --wide 1 --dtype float32",
}


def write_inputs(folder: Path) -> None:
    """Networks and data that the commands above name."""
    random = np.random.default_rng(5)

    def normal(*shape: int) -> np.ndarray:
        return random.normal(size=shape) / np.sqrt(shape[-1])

    weights = {"W1": normal(30, 8), "W2": normal(9, 30), "W3": normal(3, 9)}
    np.savez(folder / "net.npz", **weights, b1=normal(30), b2=normal(9), activation="gelu")
    np.savez(folder / "nobias.npz", **weights, activation="tanh")
    for name in ("sigmoid", "relu"):
        stored = {f"layers.{n}.weight": normal(*shape).astype(np.float32) for n, shape in ((1, (30, 8)), (2, (3, 30)))}
        save_file(stored, folder / f"{name}.safetensors", {"activation": name})
    np.savez(folder / "kernels.npz", W1=normal(20, 2, 3, 3), W2=normal(3, 20, 2, 2), activation="tanh")
    np.savez(folder / "digits.npz", W1=normal(40, 64), W2=normal(10, 40), activation="relu")
    np.savez(folder / "zeros.npz", W1=np.where(normal(12, 8) > 0.5, normal(12, 8), 0), activation="tanh")
    np.savez(folder / "identity.npz", W1=np.eye(20))
    np.savez(folder / "unit.npz", x=np.eye(20))
    np.savez(folder / "maps.npz", x=normal(30, 32))
    np.savez(folder / "big_maps.npz", x=normal(9, 50))
    np.savez(folder / "data.npz", x=normal(60, 8), y=random.integers(0, 3, size=60))
    np.savez(folder / "targets.npz", x=normal(60, 8), y=random.normal(size=(60, 3)))
    np.save(folder / "x.npy", normal(60, 8))
    np.save(folder / "y.npy", random.integers(0, 3, size=60))
    halves = {"fc1.weight": torch.from_numpy(normal(30, 8)).half(), "fc2.weight": torch.from_numpy(normal(3, 30))}
    torch.save(halves, folder / "net.pt")


def certificate_file(name: str) -> str:
    return f"{name.replace(' ', '-').replace(',', '')}.json"


def record_file(name: str) -> str:
    return f"small-{name.replace(' ', '-').replace(',', '')}.npz.json"


def write_certificate(folder: Path, name: str) -> Path:
    """The certificate, made by `verify` once."""
    path = folder / certificate_file(name)
    if not path.exists():
        with contextlib.chdir(folder):
            assert quietly(f"verify {CERTIFICATES[name]} --out {path.name}") in (0, 1, 3)
    return path


def write_record(folder: Path, name: str) -> Path:
    """The record beside its network, made by `compress` once."""
    path = folder / record_file(name)
    if not path.exists():
        with contextlib.chdir(folder):
            assert quietly(f"compress {RECORDS[name]} --out {path.stem}") == 0
    return path


def quietly(line: str) -> int:
    """The exit code of a command."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            run(line.split())
        except SystemExit as ended:
            assert ended.code != 2, errors.getvalue()
            return int(ended.code or 0)
    raise AssertionError("run always ends by SystemExit")
