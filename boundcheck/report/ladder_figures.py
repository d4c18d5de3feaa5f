"""Figures of a comparison: certified errors of every rung beside the true one, on logarithmic scales."""

import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from boundcheck.core.errors import InputError

from .ladder_rows import RUNGS, Row
from .ladder_tables import TABLE_KEEP, grouped

HIGHEST = 6  # powers of ten; what lies above is drawn at the edge
COLOURS = dict(zip(RUNGS, ("tab:gray", "tab:brown", "tab:orange", "tab:blue", "tab:green"), strict=True))
COLUMNS = 3
SIZE = (3.6, 2.8)
PANEL = ("source", "activation", "layers")


def figures(found: Sequence[Row]) -> dict[str, bytes]:
    """SVG files by name; only those for which there are at least two points in a panel."""
    single = [row for row in found if row["kind"].startswith(("one wide", "bottleneck")) and row["effort"] == "tight"]
    pruned = [row for row in single if row["draw"] == "pruned"]
    quantized = [row for row in single if row["levels"] is not None]
    at_keep = [row for row in pruned if row["keep"] == TABLE_KEEP]
    wanted = {
        "ratio_by_width.svg": (grouped(at_keep, PANEL), "width", "ratio"),
        "error_by_keep.svg": (grouped(pruned, (*PANEL, "widths")), "keep", "relative"),
        "error_by_levels.svg": (grouped(quantized, (*PANEL, "widths")), "levels", "relative"),
    }
    drawn = {name: _figure(_with_curves(panels, x), x, y) for name, (panels, x, y) in wanted.items()}
    return {name: content for name, content in drawn.items() if content is not None}


def _with_curves(panels: Mapping[tuple[Any, ...], list[Row]], x: str) -> dict[tuple[Any, ...], list[Row]]:
    """The panels with at least two points; of several networks that differ in width alone, the widest."""
    chosen: dict[tuple[Any, ...], tuple[tuple[Any, ...], list[Row]]] = {}
    for key, some in panels.items():
        if len({row[x] for row in some}) < 2:
            continue
        before = chosen.get(key[:3])
        if before is None or some[0]["width"] > before[1][0]["width"]:
            chosen[key[:3]] = (key, some)
    return dict(chosen.values())


def _figure(panels: Mapping[tuple[Any, ...], list[Row]], x: str, y: str) -> bytes | None:
    if not panels:
        return None
    try:
        import matplotlib
    except ImportError:
        raise InputError("figures: need matplotlib, which is not installed; install boundcheck[figures]") from None
    from matplotlib.figure import Figure

    rows = -(-len(panels) // COLUMNS)
    with matplotlib.rc_context({"svg.hashsalt": "boundcheck", "font.size": 8}):
        figure = Figure(figsize=(SIZE[0] * COLUMNS, SIZE[1] * rows), layout="constrained")
        axes = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True)
        for place, (key, some) in enumerate(panels.items()):
            _panel(axes[place // COLUMNS][place % COLUMNS], " ".join(map(str, key)), some, x, y)
        for place in range(len(panels), rows * COLUMNS):
            axes[place // COLUMNS][place % COLUMNS].set_visible(False)
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def _panel(axes: Any, title: str, some: Sequence[Row], x: str, y: str) -> None:
    for name in RUNGS:
        points = [row for row in some if row["rung"] == name]
        _curve(axes, points, x, lambda row: _height(row[y]), color=COLOURS[name], label=name)
    if y == "relative":
        measured = [row for row in some if row["rung"] == RUNGS[-1]]
        _curve(axes, measured, x, lambda row: _height(row["true_relative"]), color="black", label="true (Monte Carlo)")
        axes.axhline(1, color="red", linestyle="--", linewidth=1, label="trivial bound")
        axes.set_ylabel("error / trivial bound")
    else:
        axes.axhline(1, color="black", linestyle="-", linewidth=1, label="true (Monte Carlo)")
        trivial = [row for row in some if row["rung"] == RUNGS[-1] and row["true_relative"]]
        _curve(
            axes, trivial, x, lambda row: 1 / row["true_relative"], color="red", linestyle="--", label="trivial bound"
        )
        axes.set_ylabel("certified / true error")
    axes.set_yscale("log")
    if x != "keep":
        values = sorted({row[x] for row in some})
        axes.set_xscale("log")
        axes.set_xticks(values, labels=map(str, values))
        axes.set_xticks([], minor=True)
    axes.set_xlabel(x)
    axes.set_title(title, fontsize=8)


def _curve(axes: Any, some: Sequence[Row], x: str, height: Callable[[Row], float | None], **style: Any) -> None:
    """Through the points that there are; an empty curve keeps its place in the legend."""
    points = sorted((row[x], value) for row in some if (value := height(row)) is not None)
    axes.plot([point[0] for point in points], [point[1] for point in points], marker="o", markersize=3, **style)


def _height(value: Decimal | float | None) -> float | None:
    if value is None:
        return None
    return float(min(Decimal(value), Decimal(10**HIGHEST)))
