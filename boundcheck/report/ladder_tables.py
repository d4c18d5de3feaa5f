"""The tables of a comparison: what is certified, how far above the true error, and what is in the way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from .ladder_rows import MEASURED, RUNGS, Row, cell_columns

EFFORTS = ("plain", "tight", "near-exact")
TABLE_KEEP = 0.3
TABLE_WIDTH = 500


def short(value: Decimal | float | None) -> str:
    """Three digits; beyond a million the exponent alone matters."""
    if value is None:
        return "none"
    number = Decimal(value)
    return f"{number:.2g}".replace("E+", "e").replace("e+", "e") if number >= 10**6 else f"{float(number):.3g}"


def grouped(found: Iterable[Row], names: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    """By the values of these columns, in the order of their first rows."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in found:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def by_rung(found: Sequence[Row]) -> Iterator[list[str]]:
    """A rung: cells, how many it certifies an error in, how many below the trivial bound, ratios to the truth."""
    for name in RUNGS:
        some = [row for row in found if row["rung"] == name]
        certified = [row for row in some if row["certified"] is not None]
        useful = sum(row["vacuous"] is False for row in certified)
        yield [name, str(len(some)), str(len(certified)), str(useful), *_spread(certified, "ratio")]


def by_kind(found: Sequence[Row]) -> Iterator[list[str]]:
    """A kind and a way of drawing: behind the block, the bound of sharp-data over the true error, by effort."""
    measured = [row for row in found if row["rung"] == MEASURED and row["ratio_behind_block"] is not None]
    for (kind, draw), some in sorted(grouped(measured, ("kind", "draw")).items()):
        cells: list[str] = []
        for effort in EFFORTS:
            with_effort = [row for row in some if row["effort"] == effort]
            middle, worst = _spread(with_effort, "ratio_behind_block")
            cells.append(f"{middle}, {worst} ({len(with_effort)})" if with_effort else "-")
        yield [kind, draw, *cells, short(max(row["block_standard_error"] for row in some))]


def at_output(found: Sequence[Row]) -> Iterator[list[str]]:
    """Weights pruned to a keep of 0.3 in wide networks: relative errors at the network's output, rung by rung."""
    chosen = [row for row in found if _is_shown(row)]
    names = ("source", "widths", "activation", "layers", "draw", "effort")
    for key, some in grouped(chosen, names).items():
        by_name = {row["rung"]: row for row in some}
        measured = by_name.get(MEASURED)
        truth = some[0]["true_relative"]
        errors = [_error(by_name[name]) if name in by_name else "-" for name in RUNGS]
        yield [*key, *errors, "-" if truth is None else short(truth), in_the_way(measured)]


def _is_shown(row: Row) -> bool:
    single = row["kind"].startswith(("one wide", "bottleneck"))
    return bool(single and row["keep"] == TABLE_KEEP and row["width"] >= TABLE_WIDTH)


def _error(row: Row) -> str:
    """A relative error; bold where it is certified to beat the zero network."""
    text = short(row["relative"])
    return f"**{text}**" if row["vacuous"] is False else text


def in_the_way(row: Row | None) -> str:
    """Why sharp-data certifies nothing useful: the true error, the bound behind the block, or the later layers."""
    known = row is not None and None not in (row["relative"], row["ratio"], row["ratio_behind_block"])
    if row is None or not known or not row["vacuous"]:
        return "-"
    behind, later = row["ratio_behind_block"], row["ratio"] / row["ratio_behind_block"]
    parts = f"true error {short(row['true_relative'])}, times {short(behind)} in the block, times {short(later)} after"
    if row["true_relative"] >= 1:
        return f"the draws themselves: {parts}"
    return f"{'the later layers' if later > behind else 'the block'}: {parts}"


def least_keeps(records: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The least keep within a relative error, rung by rung and in truth."""
    for one in records:
        if one["least_keep"]:
            columns, found = cell_columns(one["cell"]), {least["name"]: least["value"] for least in one["least_keep"]}
            values = [found.get(name) or "none" for name in (*RUNGS, "Monte Carlo")]
            names = ("source", "widths", "activation", "layers", "effort")
            yield [*(columns[name] for name in names), one["cell"]["least_keep"], *values]


def seconds(found: Sequence[Row]) -> Iterator[list[str]]:
    """How long sharp-data took, by effort and width."""
    measured = [row for row in found if row["rung"] == MEASURED]
    by_width = sorted(grouped(measured, ("source", "width", "effort")).items())
    for key, some in by_width:
        yield [*map(str, key), str(len(some)), *_spread(some, "seconds")]


def _spread(some: Sequence[Row], column: str) -> list[str]:
    """Median and worst."""
    values = [Decimal(row[column]) for row in some if row[column] is not None]
    ways: tuple[Callable[[list[Decimal]], Decimal], ...] = (median, max)
    return [short(way(values)) for way in ways] if values else ["-", "-"]
