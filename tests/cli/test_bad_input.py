"""Every kind of bad input: exit code 2, one line on stderr that names it, nothing on stdout, nothing written."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from .conftest import Command

WEIGHTS = np.random.default_rng(0)
WIDTHS = "--widths 64,1000,40,10 --c1 1 --c2 1.7"
NPZ = "net.npz --activation tanh"
KEEP = "--keep 0.3"
CONV = f"--mode conv {KEEP}"
CHANNELS = "--channels 40,3 --kernel 2 --c1 1 --c2 1"
KERNELS = "kernels.npz --activation tanh"


def npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def normal(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return WEIGHTS.normal(size=shape)


GOOD_NPZ = npz(W1=normal(8, 5), W2=normal(3, 8))
FILES = {
    "net.npz": GOOD_NPZ,
    "chain.npz": npz(W1=normal(8, 5), W2=normal(3, 7)),
    "both_ways.npz": npz(W1=normal(5, 8), W2=normal(8, 5)),
    "nan.npz": npz(W1=np.full((8, 5), np.nan), W2=normal(3, 8)),
    "infinite.npz": npz(W1=np.full((8, 5), np.inf), W2=normal(3, 8)),
    "convolution.npz": npz(W1=normal(8, 5, 3, 3)),
    "kernels.npz": npz(W1=normal(8, 5, 3, 3), W2=normal(3, 8, 2, 2)),
    "mixed.npz": npz(W1=normal(8, 5, 3, 3), W2=normal(3, 32)),
    "bias.npz": npz(W1=normal(8, 5), W2=normal(3, 8), b1=np.ones(8)),
    "empty.npz": b"",
    "cut.npz": GOOD_NPZ[: len(GOOD_NPZ) // 2],
    "model.pkl": pickle.dumps({"weight": 1}),
    "unordered.safetensors": save({"encoder.weight": normal(5, 5), "decoder.weight": normal(5, 5)}),
    "attention.safetensors": save({"blocks.0.attn.weight": normal(5, 5)}),
    "strange\nname.npz": npz(**{"a\n\x1b[31mb": normal(2, 2)}),
    "five.npy": npy(normal(3, 5)),
    "four.npy": npy(normal(3, 4)),
    "none.npy": npy(np.zeros((0, 5))),
    "flat.npy": npy(np.ones(5)),
    "nan.npy": npy(np.array([[0.0] * 5, [np.nan] * 5])),
    "objects.npy": npy(np.array([None])),
    "two_labels.npy": npy(np.array([0, 1])),
}

# what is wrong: the arguments of `verify`, and the line they give
CASES = {
    # widths not a chain
    "one width": (f"--widths 64 --c1 1 --c2 1.7 {KEEP}",
        "widths=64: expected at least two, the input's and one layer's; write for example 64,1000,10"),
    "width zero": (f"--widths 64,0,10 --c1 1 --c2 1.7 {KEEP}",
        "widths=64,0,10: width 2 is 0, expected an integer from 1 to 10^12; write for example 64,1000,10"),
    "width negative": (f"--widths 64,-3,10 --c1 1 --c2 1.7 {KEEP}",
        "widths=64,-3,10: width 2 is -3, expected an integer from 1 to 10^12; write for example 64,1000,10"),
    "width not an integer": (f"--widths 64,1.5,10 --c1 1 --c2 1.7 {KEEP}",
        "widths=1.5: expected an integer; write for example 64,1000,40,10"),
    "checkpoint not a chain": (f"chain.npz --activation tanh {KEEP}",
        "path=chain.npz: the layers do not chain (layer 1 8x5, layer 2 3x7); expected out x in, each layer's second "
        "number equal to the first of the one before; correct the names' numbers or the shapes"),
    "checkpoint chains both ways": (f"both_ways.npz --activation tanh {KEEP}",
        "path=both_ways.npz: the layers chain both as out x in and as in x out (layer 1 5x8, layer 2 8x5), so which "
        "it is cannot be told; name them layers.1.weight, ..., which are out x in"),
    # keep, sparsity, levels
    "keep zero": (f"{WIDTHS} --keep 0", "keep=0: expected a fraction in (0, 1]; 0.3 keeps 30% of the weights"),
    "keep above one": (f"{WIDTHS} --keep 1.5", "keep=1.5: expected a fraction in (0, 1]; 0.3 keeps 30% of the weights"),
    "keep NaN": (f"{WIDTHS} --keep nan",
        "keep=nan: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "keep infinite": (f"{WIDTHS} --keep -inf",
        "keep=-inf: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "keep empty": (f"{WIDTHS} --keep=",
        "keep=nothing: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "sparsity one": (f"{WIDTHS} --sparsity 1",
        "sparsity=1: expected a fraction in [0, 1); 0.7 prunes 70% of the weights"),
    "keep and sparsity": (f"{WIDTHS} {KEEP} --sparsity 0.7",
        "keep=0.3 and sparsity=0.7: each says how much to compress; give one of them"),
    "keep and levels": (f"{WIDTHS} {KEEP} --levels 15",
        "keep=0.3 and levels=15: each says how much to compress; give one of them"),
    "sparsity and levels": (f"{WIDTHS} --sparsity 0.7 --levels 15",
        "sparsity=0.7 and levels=15: each says how much to compress; give one of them"),
    "draw not known": (f"{WIDTHS} {KEEP} --draw exact",
        "draw=exact: not known; choose one of independent, exact-counts"),
    "exact counts of levels": (f"{WIDTHS} --levels 15 --draw exact-counts",
        "draw=exact-counts: keeps a number of single weights in every row, and levels=15 does not; give keep alone, or "
        "drop --draw"),
    "exact counts of neurons": (f"{WIDTHS} {KEEP} --mode structured --draw exact-counts",
        "draw=exact-counts: keeps a number of single weights in every row, and mode=structured does not; give keep "
        "alone, or drop --draw"),
    "exact counts with alpha": (f"{WIDTHS} {KEEP} --alpha 0.9 --draw exact-counts",
        "alpha=0.9: follows from draw=exact-counts, which draws all weights and keeps as many as keep says; drop one "
        "of the two"),
    "exact counts with bernoulli": (f"{WIDTHS} {KEEP} --bernoulli 0.2 --draw exact-counts",
        "bernoulli=0.2: follows from draw=exact-counts, which draws all weights and keeps as many as keep says; drop "
        "one of the two"),
    "nothing to compress": (WIDTHS,
        "keep, sparsity, levels: none is given; say how much to compress, for example --keep 0.3"),
    "levels zero": (f"{WIDTHS} --levels 0", "levels=0: expected at least 1; levels=k gives 2 k + 1 values with zero"),
    "levels not an integer": (f"{WIDTHS} --levels 1.5", "levels=1.5: expected an integer; write for example 15"),
    "levels NaN": (f"{WIDTHS} --levels nan", "levels=nan: expected an integer; write for example 15"),
    "unquantized with keep": (f"{WIDTHS} {KEEP} --unquantized 0.1",
        "unquantized=0.1 belongs to quantization, not to keep; drop it"),
    "bernoulli with levels": (f"{WIDTHS} --levels 15 --bernoulli 0.1",
        "bernoulli=0.1 belongs to pruning, not to levels=15; drop it"),
    # what is pruned, and convolutions
    "mode not known": (f"{WIDTHS} {KEEP} --mode filters",
        "mode=filters: not known; choose one of unstructured, structured, conv"),
    "neurons with levels": (f"{WIDTHS} --mode structured --levels 15",
        "levels=15: quantization replaces single weights, and mode=structured prunes whole neurons or filters; give "
        "--keep instead, or drop --mode"),
    "filters with levels": (f"{CHANNELS} --map 4 --mode conv --levels 15",
        "levels=15: quantization replaces single weights, and mode=conv prunes whole neurons or filters; give --keep "
        "instead, or drop --mode"),
    "map missing": (f"{CHANNELS} {CONV}",
        "map: not given; mode=conv needs a checkpoint, or channels, kernel and map; write for example "
        "--channels 256,3 --kernel 3 --map 8"),
    "no convolutions": (CONV,
        "channels, kernel, map: not given; mode=conv needs a checkpoint, or channels, kernel and map; write for "
        "example --channels 256,3 --kernel 3 --map 8"),
    "map missing for a checkpoint": (f"{KERNELS} {CONV} --padding circular",
        "map: not given; checkpoint=kernels.npz does not say on which feature maps its kernels work; give their side, "
        "for example --map 8"),
    "padding missing for a checkpoint": (f"{KERNELS} {CONV} --map 4",
        "padding: not given; checkpoint=kernels.npz does not say which one it was trained with, and the statements "
        "hold for circular padding alone; give --padding circular if it is that one"),
    "padding with zeros": (f"{KERNELS} {CONV} --map 4 --padding zeros",
        "padding=zeros: expected circular; with any other padding a convolution's matrix has no circulant blocks, and "
        "the statements (Lemmas 13 and 14, Theorem 7) say nothing about it"),
    "padding with zeros, channels": (f"{CHANNELS} {CONV} --map 4 --padding zeros",
        "padding=zeros: expected circular; with any other padding a convolution's matrix has no circulant blocks, and "
        "the statements (Lemmas 13 and 14, Theorem 7) say nothing about it"),
    "stride two": (f"{CHANNELS} {CONV} --map 4 --stride 2",
        "stride=2: expected 1; with a larger stride the maps change their size, and the statements (Lemma 13, Theorem "
        "7) are about maps of one size"),
    "stride not an integer": (f"{CHANNELS} {CONV} --map 4 --stride x",
        "stride=x: expected an integer; write for example 1"),
    "kernel beyond the map": (f"--channels 40,3 --kernel 5 --map 4 --c1 1 --c2 1 {CONV}",
        "kernel=5: exceeds map=4, expected kernels no larger than the feature maps; give a smaller kernel or larger "
        "maps"),
    "no channel": (f"--channels 40,0 --kernel 2 --map 4 --c1 1 --c2 1 {CONV}",
        "channels=40,0: channel 2 is 0, expected an integer from 1 to 10^12; write for example 3,64,64"),
    "channels without constants": (f"--channels 40,3 --kernel 2 --map 4 --c1 1 {CONV}",
        "channels=40,3: give both --c1 and --c2; channels alone do not say how large the weights are"),
    "kernel of a checkpoint": (f"{KERNELS} {CONV} --map 4 --padding circular --kernel 3",
        "kernel=3: checkpoint=kernels.npz holds the kernels themselves; leave this out"),
    "constants for a checkpoint of kernels": (f"{KERNELS} {CONV} --map 4 --padding circular --c2 1",
        "c2=1: stated constants belong to --channels, those of checkpoint=kernels.npz are measured; leave them out"),
    "convolutions without their mode": (f"{WIDTHS} {KEEP} --kernel 3 --map 8",
        "kernel=3 and map=8: part of a description of convolutions, and mode=unstructured is about fully connected "
        "layers; add --mode conv, or leave this out"),
    "widths in mode conv": (f"{WIDTHS} {CONV}",
        "widths=64,1000,40,10: describes fully connected layers, and mode=conv is about convolutions; give --channels, "
        "--kernel, --map, --c1 and --c2, or a checkpoint"),
    "law in mode conv": (f"{CHANNELS} --map 4 --law glorot {CONV}",
        "law=glorot: describes fully connected layers, and mode=conv is about convolutions; give --channels, "
        "--kernel, --map, --c1 and --c2, or a checkpoint"),
    "data for channels": (f"{CHANNELS} --map 4 {CONV} --data five.npy",
        "data=five.npy: needs weights to run through, and --channels gives none; name a checkpoint instead"),
    "fully connected end": (f"mixed.npz --activation tanh {CONV} --map 4 --padding circular",
        "tensor 'W2': shape=3x32 is a fully connected layer, but only chains of 2-D convolutions on maps of one size "
        "are supported, as in Theorem 7; keep only the convolutions' weights in the file"),
    "neurons of convolutions": (f"{KERNELS} {KEEP} --mode structured",
        "tensor 'W1': shape=8x5x3x3 is a convolution kernel, but only plain MLPs are supported; extract the MLP's "
        "linear layers, or verify a chain of 2-D convolutions with --mode conv"),
    # alpha and the other parameters out of range
    "alpha zero": (f"{WIDTHS} {KEEP} --alpha 0",
        "alpha=0: expected a number strictly between 0 and 1; "
        "leave it out, and each rung chooses it"),
    "alpha one": (f"{WIDTHS} {KEEP} --alpha 1",
        "alpha=1: expected a number strictly between 0 and 1; "
        "leave it out, and each rung chooses it"),
    "alpha NaN": (f"{WIDTHS} {KEEP} --alpha nan",
        "alpha=nan: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "bernoulli one": (f"{WIDTHS} {KEEP} --bernoulli 1",
        "bernoulli=1: expected a number strictly between 0 and 1; leave it out, and each rung chooses it"),
    "unquantized one": (f"{WIDTHS} --levels 15 --unquantized 1",
        "unquantized=1: expected a number strictly between 0 and 1; 0.01 leaves 1% of the entries as they are"),
    # layer sets
    "sets empty": (f"{WIDTHS} {KEEP} --wide= --bottleneck=",
        "wide= and bottleneck= are both empty, so no layer would be compressed; name at least one of layers 1 to 3, or "
        "leave both out for auto"),
    "sets overlapping": (f"{WIDTHS} {KEEP} --wide 2 --bottleneck 2",
        "layer 2: wide=2 and bottleneck=2, but a layer can be only one of them; drop one of the two, or leave both out "
        "for auto"),
    "wide behind a bottleneck": (f"{WIDTHS} {KEEP} --wide 3 --bottleneck 2",
        "layer 3: wide=3 follows bottleneck=2, which already uses it (condition (6)); drop one of the two, or leave "
        "both out for auto"),
    "bottleneck behind a bottleneck": (f"{WIDTHS} {KEEP} --bottleneck 1,2",
        "layer 2: bottleneck=2 follows bottleneck=1, which already uses it (condition (6)); drop one of the two, or "
        "leave both out for auto"),
    "layer not there": (f"{WIDTHS} {KEEP} --wide 4",
        "layer 4: wide=4, but the network has layers 1 to 3; drop it, or leave both sets out for auto"),
    "layer zero": (f"{WIDTHS} {KEEP} --wide 0",
        "layer 0: wide=0, but the network has layers 1 to 3; drop it, or leave both sets out for auto"),
    "bottleneck last": (f"{WIDTHS} {KEEP} --bottleneck 3",
        "layer 3: bottleneck=3 is the last layer and needs one after it; use wide=3, or leave both sets out for auto"),
    "layer named twice": (f"{WIDTHS} {KEEP} --wide 2 --wide 1,2", "layer 2: wide=2 is given 2 times; name it once"),
    "layer not a number": (f"{WIDTHS} {KEEP} --wide two", "wide=two: expected an integer; write for example 2 or 1,3"),
    # constants and targets that are NaN, infinite or out of range
    "c1 NaN": (f"--widths 64,10 --c1 nan --c2 1 {KEEP}",
        "c1=nan: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "c2 infinite": (f"--widths 64,10 --c1 1 --c2 inf {KEEP}",
        "c2=inf: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "c1 zero": (f"--widths 64,10 --c1 0 --c2 1 {KEEP}",
        "c_1=0: expected a number > 0, as in (10); give a positive decimal or fraction"),
    "xi NaN": (f"{WIDTHS} {KEEP} --xi nan",
        "xi=nan: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"),
    "xi one": (f"{WIDTHS} {KEEP} --xi 1", "xi=1: expected a number in (0, 1); use --max-error for a larger error"),
    "relative error zero": (f"{WIDTHS} {KEEP} --max-relative-error 0",
        "max-relative-error=0: expected a positive number; raise it"),
    "two targets": (f"{WIDTHS} {KEEP} --xi 0.1 --max-error 1",
        "max-error=1 and xi=0.1: each says which error is acceptable; give one of them"),
    "weights NaN": (f"nan.npz --activation tanh {KEEP}",
        "tensor 'W1': 40 of 40 entries are NaN or infinite, expected finite numbers; use a checkpoint from before "
        "training diverged"),
    "weights infinite": (f"infinite.npz --activation tanh {KEEP}",
        "tensor 'W1': 40 of 40 entries are NaN or infinite, expected finite numbers; use a checkpoint from before "
        "training diverged"),
    # files
    "file missing": (f"missing.npz {KEEP}", "path=missing.npz: no such file; check the spelling and the folder"),
    "file empty": (f"empty.npz {KEEP}", "path=empty.npz: is empty; write or copy the file again"),
    "file truncated": (f"cut.npz {KEEP}",
        "path=cut.npz: the npz or torch file is damaged or cut short; write or copy it again"),
    "file pickled": (f"model.pkl {KEEP}",
        "path=model.pkl: is a Python pickle, which is never opened since it can run code; save model.state_dict() with "
        "torch.save, or use safetensors"),
    "file is one array": (f"five.npy {KEEP}",
        "path=five.npy: is a single array; put the layers into one npz as W1, W2, ..."),
    "file name too long": (f"{'a' * 5000} {KEEP}",
        f"path={'a' * 5000}: cannot be read (File name too long); check its permissions"),
    "convolution": (f"convolution.npz {KEEP}",
        "tensor 'W1': shape=8x5x3x3 is a convolution kernel, but only plain MLPs are supported; extract the MLP's "
        "linear layers, or verify a chain of 2-D convolutions with --mode conv"),
    "attention": (f"attention.safetensors {KEEP}",
        "tensor 'blocks.0.attn.weight': belongs to attention, but only plain MLPs are supported; extract the MLP's "
        "linear layers"),
    "layers without an order": (f"unordered.safetensors --activation tanh {KEEP}",
        "path=unordered.safetensors: the order of the layers is not clear from their names (decoder 5x5, encoder 5x5); "
        "name them layers.1.weight, layers.2.weight, ..."),
    # data
    "data of the wrong width": (f"{NPZ} {KEEP} --data four.npy",
        "data=four.npy: 4 features per sample, but the network's input width is 5; use data with 5 features, or "
        "another network"),
    "data empty": (f"{NPZ} {KEEP} --data none.npy",
        "path=none.npy: shape=0x5 holds no numbers; expected at least one sample"),
    "data not finite": (f"{NPZ} {KEEP} --data nan.npy",
        "path=nan.npy: sample 2 holds NaN or infinity, expected finite numbers; drop or repair it"),
    "data flat": (f"{NPZ} {KEEP} --data flat.npy", "path=flat.npy: shape=5, expected samples x features; reshape it"),
    "data pickled": (f"{NPZ} {KEEP} --data objects.npy",
        "path=objects.npy: holds Python objects, which are never opened since they can run code; save numeric arrays"),
    "data missing": (f"{NPZ} {KEEP} --data missing.npy",
        "path=missing.npy: no such file; check the spelling and the folder"),
    "data not known": (f"{NPZ} {KEEP} --data mnist",
        "data=mnist: expected digits, california, or the path of a .npy, .npz, .csv file"),
    "data for widths": (f"{WIDTHS} {KEEP} --data digits",
        "data=digits: needs weights to run through, and --widths gives none; name a checkpoint instead"),
    "labels too few": (f"{NPZ} {KEEP} --data five.npy --labels two_labels.npy",
        "labels=two_labels.npy: 2 labels, but 3 samples; give one label per sample"),
    "labels without data": (f"{NPZ} {KEEP} --labels two_labels.npy",
        "labels=two_labels.npy: belong to data, and none are given; add --data, or drop --labels"),
    # activations
    "activation not said": (f"net.npz {KEEP}",
        "path=net.npz: does not say which activation its hidden layers use; give it with --activation, for example "
        "--activation relu"),
    "activation not known": (f"net.npz --activation swish {KEEP}",
        "activation=swish: not known; choose one of identity, relu, tanh, sigmoid, gelu, silu, sin, softmax, "
        "leaky_relu(slope), softplus(beta), elu(alpha)"),
    "activation's parameter": (f"net.npz --activation softplus(-1) {KEEP}",
        "activation=softplus(-1): beta=-1, expected a number from 1/1000000 to 1000000; leave it out for softplus(1)"),
    "output activation not known": (f"{NPZ} --output-activation swish {KEEP}",
        "output-activation=swish: not known; choose one of identity, relu, tanh, sigmoid, gelu, silu, sin, softmax, "
        "leaky_relu(slope), softplus(beta), elu(alpha)"),
    # where the certificate goes
    "folder not there": (f"{WIDTHS} {KEEP} --out missing/certificate.json",
        "path=missing/certificate.json: the folder missing does not exist; create it or choose another"),
    "output is a folder": (f"{WIDTHS} {KEEP} --out .", "path=.: is a folder; add a file name"),
    "output would overwrite the input": (f"{NPZ} {KEEP} --out ./net.npz",
        "out=net.npz: is one of the inputs and would be overwritten; choose another file name"),
    # which network
    "no network": (KEEP,
        "network: none is given; name a checkpoint, or give --widths, for example --widths 64,1000,40,10"),
    "two networks": (f"{NPZ} {WIDTHS} {KEEP}",
        "checkpoint=net.npz and widths=64,1000,40,10: both describe the network; give one of the two"),
    "widths without constants": (f"--widths 64,10 --c1 1 {KEEP}",
        "widths=64,10: give both --c1 and --c2, or --law with --failure-probability; widths alone do not say how large "
        "the weights are"),
    "constants for a checkpoint": (f"{NPZ} --c1 1 {KEEP}",
        "c1=1: stated constants belong to --widths, those of checkpoint=net.npz are measured; leave them out"),
    "law not known": (f"--widths 64,10 --law normal --failure-probability 0.01 {KEEP}",
        "law=normal: not known; choose one of glorot, kaiming"),
    "law and c2": (f"--widths 64,10 --law glorot --c2 1 --failure-probability 0.1 {KEEP}",
        "c2=1: follows from law=glorot; drop one of the two"),
    "law alone": (f"--widths 64,10 --law glorot {KEEP}",
        "law=glorot: give either a failure probability, for a proved c_1, or c_1, for a typical one"),
    "failure probability without a law": (f"--widths 64,10 --failure-probability 0.1 {KEEP}",
        "failure-probability=0.1: a failure probability belongs to --law; add --law, or drop it"),
    "width beyond any machine": (f"--widths 64,{10**22},10 --c1 1 --c2 1.7 {KEEP}",
        f"widths=64,{10**22},10: width 2 is {10**22}, expected an integer from 1 to 10^12; "
        "write for example 64,1000,10"),
}  # fmt: skip

# whole command lines of the other commands, and how they are used
COMMANDS = {
    "no command": ("", "Missing command; see boundcheck --help"),
    "unknown command": ("verfy", "No such command 'verfy'. Did you mean 'verify'?; see boundcheck --help"),
    "unknown option": ("list --all", "No such option: --all; see boundcheck list --help"),
    "missing argument": ("show", "Missing argument 'STATEMENT'; see boundcheck show --help"),
    "unknown variant": ("show theorem-2 --variant sharp",
        "theorem-2: variant=sharp is not one of ['corrected', 'printed']"),
    "unknown data set": ("train mnist --widths 64,10 --out net.safetensors",
        "dataset=mnist: not known; choose one of digits, california"),
    "widths that do not fit": ("train digits --widths 64,11 --out net.safetensors",
        "widths=64,11: digits has 64 features and 10 outputs; start with 64 and end with 10"),
    "no epochs": ("train digits --widths 64,10 --epochs 0 --out net.safetensors",
        "epochs=0: expected a positive integer; give for example 20"),
    "seed not an integer": ("train digits --widths 64,10 --seed x --out net.safetensors",
        "seed=x: expected an integer; write for example 0"),
    "nowhere to write": ("train digits --widths 64,10 --out missing/net.safetensors",
        "path=missing/net.safetensors: the folder missing does not exist; create it or choose another"),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    """The files above in the folder that commands run in; the function reads the folder back."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return lambda: {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def refused(command: Command, files: Callable[[], dict[str, bytes]], line: str) -> str:
    """The message with which the command refuses; everything that must be so for any refusal is asserted."""
    result = command(line)
    assert result.out == ""
    assert result.err.startswith("error: ") and result.err.endswith("\n")
    assert result.err.count("\n") == 1
    assert result.code == 2
    assert files() == FILES
    return result.err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize(("line", "message"), CASES.values(), ids=CASES)
def test_verify_refuses(command: Command, files: Callable[[], dict[str, bytes]], line: str, message: str) -> None:
    assert refused(command, files, f"verify {line}") == message


# what the first paper's statements leave out and others cover: the arguments, and the assumption that fails for it
NOT_COVERED = {
    "activation that is not zero at zero": ("net.npz --activation sigmoid --levels 7", "activation-zero-at-zero"),
    "activation that is not entrywise": ("net.npz --activation softmax --levels 7", "activation-zero-at-zero"),
    "output activation that is not zero at zero": (
        f"{NPZ} --output-activation softmax --levels 7", "activation-zero-at-zero"),
    "bottleneck without a second derivative": ("net.npz --activation relu --bottleneck 1 --levels 7",
        "activation-curvature"),
}  # fmt: skip
OLDER = ("printed", "corrected", "layerwise")


@pytest.mark.parametrize(("line", "assumption"), NOT_COVERED.values(), ids=NOT_COVERED)
def test_an_activation_that_only_some_rungs_cover_is_not_refused(
    command: Command, files: Callable[[], dict[str, bytes]], line: str, assumption: str
) -> None:
    """The older rungs name the assumption that fails; the others certify an error."""
    certificate = json.loads(command(f"verify {line} --json").out)
    rungs = {rung["name"]: rung for rung in certificate["rungs"]}
    for name in OLDER:
        assert rungs[name]["verdict"] == "FAILS" and rungs[name]["error_bound"] is None
        failing = {row["id"] for row in rungs[name]["assumptions"] if row["verdict"] == "FAILS"}
        assert assumption in failing
    assert rungs["sharp"]["error_bound"] is not None
    assert {row["verdict"] for row in rungs["sharp"]["assumptions"]} == {"HOLDS"}
    assert certificate["reason"].startswith("sharp: ")


@pytest.mark.parametrize("sets", ["", "--wide 2"], ids=["auto", "given"])
def test_a_bias_that_only_some_rungs_cover_is_not_refused(
    command: Command, files: Callable[[], dict[str, bytes]], sets: str
) -> None:
    result = command(f"verify bias.npz --activation tanh --levels 1000 {sets} --json")
    rungs = {rung["name"]: rung for rung in json.loads(result.out)["rungs"]}
    why = "layer 1 has a bias, and these statements are about networks without one (equation (1))"
    for name in OLDER:
        assert rungs[name]["verdict"] == "FAILS" and rungs[name]["reason"].startswith(why)
        assert rungs[name]["error_bound"] is None and rungs[name]["assumptions"] == rungs[name]["blocks"] == []
    assert (rungs["sharp"]["verdict"], result.code) == ("HOLDS", 0)


def test_the_verdict_is_not_that_of_a_rung_that_says_nothing_of_the_network(
    command: Command, files: Callable[[], dict[str, bytes]]
) -> None:
    """No rung certifies an error here; the one that speaks of biases says why."""
    result = command(
        "verify bias.npz --activation tanh --keep 0.001 --draw independent --wide 2 --bernoulli 0.9 --quiet"
    )
    assert result.code == 1
    assert result.out.startswith("verdict: FAILS - sharp: layer 2: no parameters of the draw meet the request")


@pytest.mark.parametrize(("line", "message"), COMMANDS.values(), ids=COMMANDS)
def test_commands_refuse(command: Command, files: Callable[[], dict[str, bytes]], line: str, message: str) -> None:
    assert refused(command, files, line) == message


@pytest.mark.parametrize("options", ["--json", "--quiet", "--json --out new.json"])
def test_a_refusal_is_the_same_however_the_answer_was_wanted(
    command: Command, files: Callable[[], dict[str, bytes]], options: str
) -> None:
    line, message = CASES["layer not there"]
    assert refused(command, files, f"verify {line} {options}") == message


def test_what_a_file_holds_cannot_break_the_line(command: Command, files: Callable[[], dict[str, bytes]]) -> None:
    result = command(f"verify {KEEP}", "strange\nname.npz")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err


def test_a_path_is_refused_before_anything_is_read(
    command: Command, files: Callable[[], dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("the network was read")

    monkeypatch.setattr("boundcheck.cli.arguments.network_from_checkpoint", read)
    refused(command, files, f"verify {NPZ} {KEEP} --out missing/certificate.json")


def test_a_fault_of_its_own_is_never_an_answer(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("boundcheck.certify.verify.verify", broken)
    result = command(f"verify {WIDTHS} {KEEP}")
    assert result.code == 3
    assert "planted" in result.err and "fault in boundcheck" in result.err


def test_control_c_is_silent(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("boundcheck.certify.verify.verify", interrupted)
    result = command(f"verify {WIDTHS} {KEEP}")
    assert (result.code, result.out) == (130, "")
    assert "Traceback" not in result.err


def test_every_torn_file_is_refused(command: Command, files: Callable[[], dict[str, bytes]], tmp_path: Path) -> None:
    """Cut at every 64th byte: always one line, never a traceback."""
    for size in range(1, len(GOOD_NPZ) - 1, 64):
        (tmp_path / "net.npz").write_bytes(GOOD_NPZ[:size])
        result = command(f"verify {NPZ} {KEEP}")
        assert (result.code, result.err.count("\n")) == (2, 1), (size, result.err)


def test_the_files_are_what_they_say() -> None:
    """The bad ones differ from a good one in what they are named for."""
    assert zipfile.is_zipfile(io.BytesIO(GOOD_NPZ))
    assert not zipfile.is_zipfile(io.BytesIO(FILES["cut.npz"]))
    with pytest.raises(ValueError, match="allow_pickle"):
        np.load(io.BytesIO(FILES["objects.npy"]), allow_pickle=False)
