"""Instances decided one by one: the quantizer of Lemma 8 on a grid, planted faults, and what proves nothing."""

import random
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Abs, FiniteSet, Le, Range, S

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.enumeration import check
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step
from proofs.cheairi2026.lemma_8_quantizer_is_unbiased import DEVIATION, LOWER_VALUE, MEAN, UPPER_VALUE, M, k, w

x, y = sympy.symbols("x y")
Points = Iterable[Mapping[sympy.Basic, int | Fraction]]
QUANTIZER = {M: sympy.Interval.open(0, sympy.oo), k: S.Naturals, w: S.Reals}


def replay(
    conclusion: sympy.Basic,
    instances: Callable[[], Points],
    sets: Mapping[sympy.Basic, sympy.Set],
    given: tuple[sympy.Basic, ...] = (),
    **data: Any,
) -> Finding:
    domains = {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}
    step = Step("s", "", "enumeration", conclusion, given, data={"instances": instances, "size": "a grid", **data})
    return check(step, domains)


def quantizer_grid() -> Points:
    return [{M: 1, k: levels, w: Fraction(i, 24)} for levels in range(1, 9) for i in range(-24, 25)]


@pytest.mark.parametrize("conclusion", [MEAN.relation, DEVIATION.relation], ids=["mean", "deviation"])
def test_lemma_8_up_to_eight_levels(conclusion: sympy.Basic) -> None:
    found = replay(conclusion, quantizer_grid, QUANTIZER, (Le(Abs(w), M),))
    assert found.status is Status.PROVED_UP_TO
    assert "392 instances" in found.note


@pytest.mark.parametrize(
    "conclusion",
    [
        Le(Abs(UPPER_VALUE - w), M / (2 * k)),  # constant
        Le(Abs(UPPER_VALUE - w), M / k**2),  # exponent
        sympy.Eq((UPPER_VALUE + LOWER_VALUE) / 2, w),  # probabilities dropped
    ],
    ids=["constant", "exponent", "probabilities"],
)
def test_planted_faults_of_lemma_8_have_a_witness(conclusion: sympy.Basic) -> None:
    found = replay(conclusion, quantizer_grid, QUANTIZER)
    assert found.status is Status.REFUTED
    values = {symbol: sympy.Rational(found.witness[str(symbol)]) for symbol in QUANTIZER}
    assert conclusion.subs(values) == sympy.false


def test_instances_outside_of_what_is_given_or_of_the_domains_do_not_count() -> None:
    def points() -> Points:
        return [{x: i} for i in range(-3, 4)]

    assert replay(Le(x, 1), points, {x: S.Reals}).status is Status.REFUTED
    assert replay(Le(x, 1), points, {x: S.Reals}, (Le(x, 1),)).status is Status.PROVED_UP_TO
    assert replay(Le(x, 1), points, {x: sympy.Interval(-9, 1)}).status is Status.PROVED_UP_TO
    assert replay(Le(x, 1), points, {x: S.Reals}, (Le(x, -7),)).status is Status.UNKNOWN
    assert replay(Le(x, 1), lambda: [], {x: S.Reals}).status is Status.UNKNOWN


def test_complete_is_believed_only_where_the_domains_are_finite_and_covered() -> None:
    square = Le(x**2, 9)
    some = [{x: value} for value in range(-3, 3)]
    finite = {x: Range(-3, 4)}
    assert replay(square, lambda: [*some, {x: 3}], finite, complete=True).status is Status.PROVED
    assert replay(square, lambda: [*some, {x: 2}], finite, complete=True).status is Status.PROVED_UP_TO
    assert replay(square, lambda: [*some, {x: 3}], finite).status is Status.PROVED_UP_TO
    assert replay(square, lambda: some, {x: sympy.Interval(-3, 3)}, complete=True).status is Status.PROVED_UP_TO
    assert replay(square, lambda: [{x: 1}], {x: FiniteSet(1)}, complete=True).status is Status.PROVED


def test_an_undecided_or_unreadable_instance_is_unknown() -> None:
    touching = sympy.Eq(sympy.sqrt(x) * sympy.sqrt(3), 3, evaluate=False)
    assert replay(touching, lambda: [{x: 3}], {x: S.Reals}).status is Status.UNKNOWN
    assert replay(Le(x, y), lambda: [{x: 3}], {x: S.Reals}).status is Status.UNKNOWN
    either = sympy.Or(touching, x < 3)
    assert replay(Le(x, 2), lambda: [{x: 1}, {x: 3}], {x: S.Reals}, (either,)).status is Status.UNKNOWN
    # A hypothesis that cannot be decided neither excuses an instance nor makes it a witness.
    assert replay(Le(x, 2), lambda: [{x: 3}], {x: S.Reals}, (touching,)).status is Status.UNKNOWN


@pytest.mark.parametrize("seed", range(30))
def test_random_statements_over_a_finite_set_are_decided_rightly(seed: int) -> None:
    generator = random.Random(seed)
    a, b, c = (generator.randint(-3, 3) for _ in range(3))
    grid = [(i, j) for i in range(-2, 3) for j in range(-2, 3)]
    found = replay(
        Le(a * x + b * y, c + 4, evaluate=False),
        lambda: [{x: i, y: j} for i, j in grid],
        {x: Range(-2, 3), y: Range(-2, 3)},
        complete=True,
    )
    true = all(a * i + b * j <= c + 4 for i, j in grid)
    assert found.status is (Status.PROVED if true else Status.REFUTED)
