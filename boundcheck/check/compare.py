"""Compares a part of the file with the same part as it was recomputed, value by value.

Texts and integers must be equal. Numbers that bound something are decimals rounded outward, and were recomputed from
the file's own constants by exact or 128-bit ball arithmetic: only another version of that arithmetic can move their
last digit. They may therefore be weaker than what is recomputed by a relative 1e-9, which is one unit in the tenth
digit, and never stronger: a bound within the tolerance is a true one.
Numbers that come from the inputs through floating-point matrix products (norms, means over the data) carry error bounds
that depend on the machine. They may be off by 1e-9 both ways, and each is also held against what is proved about the
value itself; whether a verdict hangs on that is checked apart, with the constants enclosed here.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import parse_rational

from .findings import Part

TOLERANCE = Fraction(1, 10**9)
FLOAT_TOLERANCE = 1e-6


class Bound(Enum):
    """How a decimal was rounded: an upper bound up, a lower bound down; BOTH: it depends on the machine."""

    UPPER = "upper"
    LOWER = "lower"
    BOTH = "both"


Bounds = Callable[[str], Bound | None]
"""From a value's path to how it was rounded; None for everything that must be equal."""


def by_name(names: Mapping[str, Bound]) -> Bounds:
    """Decided by the last name in the path."""
    return lambda path: names.get(path.rpartition(".")[2])


def compare(part: Part, path: str, recorded: object, recomputed: object, bounds: Bounds) -> None:
    """Walk through both JSON values side by side; every difference is noted under its path."""
    if isinstance(recorded, Mapping) and isinstance(recomputed, Mapping):
        _compare_objects(part, path, recorded, recomputed, bounds)
    elif _is_list(recorded) and _is_list(recomputed):
        _compare_lists(part, path, recorded, recomputed, bounds)  # type: ignore[arg-type]
    elif isinstance(recorded, float) and isinstance(recomputed, float | int):
        part.expect(abs(recorded - recomputed) <= FLOAT_TOLERANCE, path, recorded, recomputed)
    elif isinstance(recorded, str) and isinstance(recomputed, str):
        rule = bounds(path)
        holds = recorded == recomputed or (rule is not None and is_within(recorded, recomputed, rule))
        part.expect(
            holds, path, recorded, recomputed, None if holds or rule is None else _direction(recorded, recomputed)
        )
    else:
        part.same(path, recorded, recomputed)


def is_within(recorded: str, recomputed: str, bound: Bound) -> bool:
    """Whether a recorded decimal is what rounding explains; not if it is no number."""
    try:
        said, found = parse_rational(recorded), parse_rational(recomputed)
    except InputError:
        return False
    slack = TOLERANCE * abs(found)
    low = found if bound is Bound.UPPER else found - slack
    high = found if bound is Bound.LOWER else found + slack
    return low <= said <= high


def _direction(recorded: str, recomputed: str) -> str | None:
    try:
        said, found = parse_rational(recorded), parse_rational(recomputed)
    except InputError:
        return "is not a number"
    return "below what is recomputed" if said < found else "above what is recomputed"


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _compare_objects(
    part: Part, path: str, recorded: Mapping[str, object], recomputed: Mapping[str, object], bounds: Bounds
) -> None:
    for name in [*recomputed, *(name for name in recorded if name not in recomputed)]:
        below = f"{path}.{name}" if path else name
        if name not in recorded:
            part.expect(False, below, None, recomputed[name], "is missing")
        elif name not in recomputed:
            part.expect(False, below, recorded[name], None, "is not part of it")
        else:
            compare(part, below, recorded[name], recomputed[name], bounds)


def _compare_lists(
    part: Part, path: str, recorded: Sequence[object], recomputed: Sequence[object], bounds: Bounds
) -> None:
    """Items by place; where one is missing or too many, by what they are called, as far as they have names."""
    pairs = list(zip(recorded, recomputed, strict=False))
    if len(recorded) != len(recomputed):
        part.expect(False, path, f"{len(recorded)} items", f"{len(recomputed)} items", _odd_ones(recorded, recomputed))
        pairs = [pair for pair in pairs if label(pair[0]) == label(pair[1])]
    for place, (said, found) in enumerate(pairs):
        compare(part, f"{path}[{place}]", said, found, bounds)


def _odd_ones(recorded: Sequence[object], recomputed: Sequence[object]) -> str:
    """Which names are missing from the file, or are there too often."""
    said, found = [label(item) for item in recorded], [label(item) for item in recomputed]
    missing, more = _without(found, said), _without(said, found)
    words = [f"missing: {', '.join(missing)}"] if missing else []
    return "; ".join([*words, *([f"not part of it: {', '.join(more)}"] if more else [])])


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    left, found = list(others), []
    for name in names:
        if name in left:
            left.remove(name)
        else:
            found.append(name)
    return found


def label(item: object) -> str:
    """What a list's item is called in messages."""
    if not isinstance(item, Mapping):
        return str(item)
    named = [str(item[key]) for key in ("id", "variant", "name", "number", "layer") if item.get(key) is not None]
    return " ".join(named) or "an item"
