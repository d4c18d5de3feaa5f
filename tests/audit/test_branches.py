"""The cases of absolute values, branches and roundings: at every point one of them applies and says the same."""

import random
from fractions import Fraction

import pytest
import sympy
from sympy import Abs, Dummy, Le, Piecewise, ceiling, floor

from boundcheck.audit.branches import BRANCHING, cases
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

x, y = sympy.symbols("x y", real=True)
RELATIONS = [
    Le(Abs(x) + Abs(y - 1), 2),
    Le(Piecewise((x, x >= y), (-y, x < 0), (1, True)), 1),
    Le(ceiling(2 * x) - floor(y), 1),
    Le(ceiling(Abs(x) * 3) * Piecewise((1, x >= 0), (-1, True)), y),
]


def applying(relation: sympy.Basic, point: dict[sympy.Symbol, Fraction]) -> list[Verdict]:
    """What the relation is in the cases whose conditions hold at the point, roundings at their integers."""
    found = []
    for case, *conditions in cases((relation,)):
        rounded = sorted(set().union(*(part.atoms(Dummy) for part in (case, *conditions))), key=str)
        for integers in _integers(len(rounded)):
            values = point | dict(zip(rounded, integers, strict=True))
            if all(decide(condition, values) is Verdict.HOLDS for condition in conditions):
                found.append(decide(case, values))
    return found


def _integers(count: int) -> list[list[Fraction]]:
    return [[]] if count == 0 else [[Fraction(i), *rest] for i in range(-8, 9) for rest in _integers(count - 1)]


@pytest.mark.parametrize("relation", RELATIONS, ids=str)
def test_exactly_what_the_relation_says(relation: sympy.Basic) -> None:
    generator = random.Random(1)
    for _ in range(30):
        point = {symbol: Fraction(generator.randint(-8, 8), 4) for symbol in (x, y)}
        assert applying(relation, point) == [decide(relation, point)]


def test_nothing_that_branches_is_left() -> None:
    for relation in RELATIONS:
        assert not any(part.atoms(*BRANCHING) for case in cases((relation,)) for part in case)


def test_a_plain_relation_is_its_only_case() -> None:
    assert list(cases((Le(x, y), Le(y, 1)))) == [(Le(x, y), Le(y, 1))]
