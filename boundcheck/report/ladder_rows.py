"""A comparison's record as flat rows: one for every cell and rung, with its ratio to the true error."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

MEASURED = "sharp-data"
RUNGS = ("printed", "corrected", "layerwise", "sharp", MEASURED)
STANDARD_ERRORS = 4
TRUTH = (
    *("true", "standard_error", "repeats", "true_relative", "ratio", "ratio_behind_block"),
    *("block_standard_error", "is_below"),
)
Row = dict[str, Any]


def rows(record: Mapping[str, Any]) -> Iterator[Row]:
    """Of every cell in which errors were certified; Decimals, since some bounds are beyond all floats."""
    for one in record["records"]:
        for rung in one["rungs"]:
            yield {**cell_columns(one["cell"]), **_certified(one, rung), **_truth(one, rung)}


def cell_columns(cell: Mapping[str, Any]) -> Row:
    """What a cell is about, in words."""
    network, layers = cell["network"], cell["layers"]
    parts = [f"{name} {','.join(map(str, layers[name]))}" for name in ("bottleneck", "wide") if layers[name]]
    return {
        "source": network["source"],
        "widths": "-".join(map(str, network["widths"])),
        "width": network["widths"][1],
        "activation": network["activation"],
        "layers": " and ".join(parts),
        "kind": kind(cell),
        "draw": _draw(cell),
        "effort": cell["effort"],
        "keep": None if cell["keep"] is None else float(Fraction(cell["keep"])),
        "levels": cell["levels"],
    }


def kind(cell: Mapping[str, Any]) -> str:
    """What is compressed: the classes whose bounds behave alike."""
    layers, activation = cell["layers"], cell["network"]["activation"]
    if len(layers["wide"]) + len(layers["bottleneck"]) > 1:
        return "several blocks"
    is_wide = bool(layers["wide"])
    if cell["mode"] == "structured":
        return "columns of a wide layer" if is_wide else "rows of a bottleneck"
    if cell["mode"] == "conv":
        return "input filters of a wide layer" if is_wide else "output filters of a bottleneck"
    if is_wide:
        return "one wide layer"
    biases = ", GELU with biases" if cell["network"]["source"] == "block" else ""
    return f"bottleneck{biases or (', ReLU' if activation == 'relu' else ', smooth')}"


def _draw(cell: Mapping[str, Any]) -> str:
    if cell["mode"] == "quantize":
        return f"quantized, levels {cell['levels']}"
    return "exact counts" if cell["draw"] == "exact-counts" else "pruned"


def _certified(one: Mapping[str, Any], rung: Mapping[str, Any]) -> Row:
    return {
        "rung": rung["name"],
        "trivial": Decimal(one["trivial"]),
        "certified": _decimal(rung["error"]),
        "relative": _decimal(rung["relative"]),
        "vacuous": rung["vacuous"],
        "kept": rung["kept"],
        "seconds": rung["seconds"],
        "reason": rung["reason"],
    }


def _truth(one: Mapping[str, Any], rung: Mapping[str, Any]) -> Row:
    """The Monte Carlo mean, and how many times it the bounds are; with several blocks, the worst of them."""
    sampled = one["monte_carlo"]
    if sampled is None:
        return dict.fromkeys(TRUTH)
    output, certified = sampled["output"], _decimal(rung["error"])
    pairs = [
        (_decimal(bound), estimate)
        for bound, estimate in zip(rung["behind_blocks"], sampled["blocks"], strict=False)
        if estimate["mean"] > 0
    ]
    behind = [bound / Decimal(estimate["mean"]) for bound, estimate in pairs if bound is not None]
    return {
        "true": output["mean"],
        "standard_error": output["standard_error"],
        "repeats": sampled["repeats"],
        "true_relative": output["mean"] / float(one["trivial"]),
        "ratio": None if certified is None or output["mean"] == 0 else certified / Decimal(output["mean"]),
        "ratio_behind_block": max(behind, default=None),
        "block_standard_error": max((one["standard_error"] / one["mean"] for _, one in pairs), default=None),
        "is_below": any(_is_below(bound, estimate) for bound, estimate in [*pairs, (certified, output)]),
    }


def _is_below(bound: Decimal | None, estimate: Mapping[str, float]) -> bool:
    """Whether a bound lies below the mean by more than sampling explains: then one of the two is wrong."""
    return bound is not None and bound < Decimal(estimate["mean"] - STANDARD_ERRORS * estimate["standard_error"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
