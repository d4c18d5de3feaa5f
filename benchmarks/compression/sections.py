"""The table's sections: which cells are measured, and what their ratios are."""

from collections.abc import Iterator
from typing import Any

from .bandwidth import share_of_bandwidth
from .cells import CellError, Options, Row, Section, measured
from .fits import exponent

KINDS = ("plain dense", "plain fast", "DensePass", "DensePass, low memory", "FastPass", "FastPass, low memory")
CALIFORNIA, DIGITS = (8, 980, 40, 16512), (64, 1000, 40, 1437)
QUICK = {CALIFORNIA: (8, 98, 40, 2000), DIGITS: (64, 40, 40, 300)}
SMALL = (
    ("prune", "wide"), ("prune", "bottleneck"), ("quantize", "bottleneck"),
    ("structured", "wide"), ("structured", "bottleneck"), ("conv", "wide"), ("conv", "bottleneck"),
)  # fmt: skip


def implementations(options: Options) -> Iterator[Row]:
    """Literal, dense and fast."""
    for mode, place in SMALL:
        channels = [8, 6, 4] if mode in ("prune", "quantize") or options.quick else [40, 30, 8]
        if mode == "conv":
            channels = channels[:1] + [12, 6]
        one = measured("small.implementations", mode=mode, place=place, channels=channels, samples=200,
                       device=options.device)  # fmt: skip
        for what, ms in one["ms"].items():
            yield Row(
                "implementations", f"{mode}, {place}, {one['units']} units", what, last=ms,
                ratio=f"{one['ms']['literal'] / ms:.3g}x literal",
                note="same picks" if one["alike"] else "picks differ",
            )  # fmt: skip


def instances(options: Options) -> Iterator[tuple[str, dict[str, Any] | CellError]]:
    """Random and trained instances of both shapes, or why one is not to be had."""
    for name, shape in (("California", CALIFORNIA), ("Digits", DIGITS)):
        size = list(QUICK[shape] if options.quick else shape)
        yield f"{name}, random", {"shape": size}
        path, epochs = str(options.folder / f"{name}.npz"), 1 if options.quick else 5
        try:
            measured("instances.train", dataset=name.lower(), shape=size, epochs=epochs, path=path)
        except CellError as error:
            yield f"{name}, trained", error
        else:
            yield f"{name}, trained", {"shape": size, "file": path}


def passes(options: Options) -> Iterator[Row]:
    """First and last steps of the entry passes, a full one, and where a fast step's time goes."""
    device, picks = options.device, str(options.folder / "picks.npy")
    for title, made in instances(options):
        if isinstance(made, CellError):
            yield Row("passes", title, "FAILED, left out", note=str(made))
            continue
        common = {"made": made, "device": device, "picks": picks}
        whole = measured("passes.full", **common)
        yield Row("passes", title, "FastPass, full run", last=whole["seconds"] / whole["steps"] * 1e3,
                  seconds=whole["seconds"], scores=whole["scores"], peak=whole["peak"],
                  note=f"{whole['steps']} steps")  # fmt: skip
        times: dict[str, tuple[float, float]] = {}
        for kind in KINDS:
            count = 3 if kind == "DensePass, low memory" else 50 if options.quick else 500
            one = measured("passes.first_and_last", kind=kind, count=count, **common)
            times[kind] = one["first"], one["last"]
            against = [there / here for there, here in zip(times["plain dense"], times[kind], strict=True)]
            yield Row(
                "passes", title, kind, one["first"], one["last"], scores=one["scores"], peak=one["peak"],
                ratio="{:.3g}x, {:.3g}x plain dense".format(*against),
                bytes=one["bytes"], bandwidth=share_of_bandwidth(options.device_name, one["last"], one["bytes"]),
                note=f"{one['same']} of {2 * count} picks as in the full run",
            )  # fmt: skip
        parts = measured("passes.parts_of_a_step", count=50 if options.quick else 500, **common)
        for part, first in parts["first"].items():
            yield Row("passes", title, f"FastPass: {part}", first, parts["last"][part])


def wide(options: Options) -> Iterator[Row]:
    """One wide layer against Wanda and magnitude pruning."""
    rows, columns, samples = (256, 688, 256) if options.quick else (4096, 11008, 2048)
    reference = None
    for what in ("Wanda score + sort", "torch l1_unstructured", "selection alone", "whole pass"):
        one = measured("wide.wide_layer", rows=rows, columns=columns, samples=samples, device=options.device, what=what)
        reference = reference or one["seconds"]
        yield Row("wide", f"{rows} x {columns}, N = {samples}", what, seconds=one["seconds"], peak=one["peak"],
                  ratio=f"{reference / one['seconds']:.3g}x Wanda")  # fmt: skip


def repeats(options: Options) -> Iterator[Row]:
    """Many repeats of the California point: how many together, then all."""
    shape = list(QUICK[CALIFORNIA] if options.quick else CALIFORNIA)
    common = {"made": {"shape": shape}, "device": options.device}
    title, wanted = "California, random", 4 if options.quick else 50
    choices = [1, 2, 4, 8, 16] + ([32, 50] if options.device == "cuda" else [])
    each = {}
    for together in (choice for choice in choices if choice <= wanted):
        one = measured("passes.early_and_half_way", repeats=together, count=20 if options.quick else 200, **common)
        first, last = one["first"] / together, one["last"] / together
        each[together] = first + last
        yield Row("repeats", title, f"FastPass, {together} together, a repeat", first, last, peak=one["peak"],
                  scores=one["scores"] / together)  # fmt: skip
    best = min(each, key=lambda together: each[together])
    for what, cell, own in (
        (f"FastPass, {best} together", "whole_runs.repeats_by_pass", {"together": best}),
        ("compress()", "whole_runs.repeats_by_compress", {}),
    ):
        one = measured(cell, repeats=wanted, **common, **own)
        note = "" if one["done"] == wanted else f"EXTRAPOLATED from {one['done']} of {wanted} repeats"
        yield Row("repeats", title, f"{what}, {wanted} repeats", seconds=one["seconds"], peak=one["peak"], note=note)


def networks(options: Options) -> Iterator[Row]:
    """Whole runs of compress()."""
    channels = 50 if options.quick else 1000
    convolution = {"channels": [16, channels, 16], "samples": 16 if options.quick else 256, "mode": "conv",
                   "map_side": 8, "q": 3}  # fmt: skip
    mixed = [64, 40, 20, 40, 20, 10] if options.quick else [64, 300, 100, 300, 100, 10]
    dense = {"samples": 100 if options.quick else 1437}
    for title, given in (
        (f"convolution 16-{channels}-16, output filters", {**convolution, "wide": [], "bottleneck": [1]}),
        (f"convolution 16-{channels}-16, input filters", {**convolution, "wide": [2], "bottleneck": []}),
        (f"rows, 64-{channels}-40", {**dense, "channels": [64, channels, 40], "mode": "structured", "wide": [],
                                     "bottleneck": [1]}),
        ("entries, 5 layers, W = {5}, B = {1, 3}", {**dense, "channels": mixed, "mode": "prune", "wide": [5],
                                                    "bottleneck": [1, 3]}),
        ("rows and columns, the same layers", {**dense, "channels": mixed, "mode": "structured", "wide": [5],
                                               "bottleneck": [1, 3]}),
    ):  # fmt: skip
        one = measured("whole_runs.one_network", device=options.device, **given)
        yield Row("networks", title, "compress()", last=one["seconds"] / one["steps"] * 1e3, seconds=one["seconds"],
                  peak=one["peak"], note=f"{one['steps']} steps")  # fmt: skip


def scaling(options: Options) -> Iterator[Row]:
    """Time and memory half way through a pass, against width, samples and repeats."""
    shrink = 10 if options.quick else 1
    base, most = {"n2": 1000 // shrink, "N": 4000 // shrink, "repeats": 1}, 2e9
    ranges = {
        "n2": [width // shrink for width in (250, 500, 1000, 2000, 4000)],
        "N": [samples // shrink for samples in (1000, 3000, 10_000, 30_000, 100_000)],
        "repeats": [1, 4] if options.quick else [1, 2, 4, 8, 16, 32, 64],
    }
    for kind in ("FastPass", "DensePass"):
        for variable, values in ranges.items():
            points = []
            for value in values:
                size = {**base, variable: value}
                if kind == "DensePass" and 4 * 8 * size["n2"] * size["N"] * size["repeats"] > most:
                    continue
                made = {"shape": [8, size["n2"], 40, size["N"]], "repeats": size["repeats"]}
                one = measured("passes.half_way", made=made, device=options.device, kind=kind,
                               count=20 if options.quick else 200)  # fmt: skip
                points.append((value, one["ms"], one["peak"]))
                title = ", ".join(f"{name} = {number}" for name, number in size.items())
                yield Row("scaling", title, kind, last=one["ms"], scores=one["scores"], peak=one["peak"])
            xs, times, peaks = zip(*points, strict=True)
            yield Row("scaling", f"{kind} against {variable}", "fitted exponents",
                      note=f"time {exponent(xs, times)}, memory {exponent(xs, peaks)}")  # fmt: skip


SECTIONS: dict[str, Section] = {
    section.__name__: section for section in (implementations, passes, wide, repeats, networks, scaling)
}


def rows_of(section: str, options: Options) -> Iterator[Row]:
    """A section's rows; where a cell ends without a result, the reason, and the rest of the section is left out."""
    try:
        yield from SECTIONS[section](options)
    except CellError as error:
        yield Row(section, "", "FAILED, rest left out", note=str(error))
