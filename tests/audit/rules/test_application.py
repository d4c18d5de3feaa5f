"""A statement applied at values: its claim, its assumptions and its domains count; so does a changed statement."""

from collections.abc import Iterator

import pytest
import sympy
from rule_runs import run
from sympy import Ge, Gt, Le

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.application import INSTEAD
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Status

lever, force, weight, share = sympy.symbols("lever force weight share", real=True)
count = sympy.Symbol("count", integer=True)
f, g, m = sympy.symbols("f g m", real=True)
k = sympy.Symbol("k", integer=True)
CLAIM = Le(weight, lever * force + count * share)
LEMMA = Statement(
    id="the-lever",
    title="The lever",
    kind=Kind.LEMMA,
    source=Source("Lemma", page=1),
    variables=(
        Variable(lever, sympy.Interval(1, sympy.oo), "lever"),
        Variable(force, sympy.S.Reals, "force"),
        Variable(share, sympy.Interval.open(0, 1), "share"),
        Variable(count, sympy.S.Naturals, "count"),
        Variable(weight, sympy.S.Reals, "weight"),
        Variable(m, sympy.Interval.open(0, sympy.oo), "only the assumptions speak of it"),
    ),
    variants={
        "printed": Variant(
            assumptions=(
                Assumption("enough", Ge(force, 2 * lever), "enough"),
                Assumption("slow", Le(m, force), "slow", only_for=("other",)),
            ),
            claims=(
                Claim("lifted", Sense.UPPER, CLAIM, "lifted"),
                Claim("other", Sense.UPPER, Le(weight, force), "other"),
            ),
        )
    },
)
HALF = sympy.Rational(1, 2)


@pytest.fixture(autouse=True)
def _lemma() -> Iterator[None]:
    token = INSTEAD.set({LEMMA.id: LEMMA})
    yield
    INSTEAD.reset(token)


def apply(
    where: dict, given: tuple, conclusion: sympy.Basic | None = None, claim: str = "lifted", **domains: sympy.Set
) -> Finding:
    where = {symbol: sympy.sympify(value) for symbol, value in where.items()}
    relation = LEMMA.variant("printed").claim(claim).relation.subs(where, simultaneous=True)
    data = {"statement": LEMMA.id, "variant": "printed", "claim": claim, "where": where}
    symbols = {str(s): s for s in (m, f, g, k)}
    known = {symbols[name]: domain for name, domain in domains.items()}
    return run("application", relation if conclusion is None else conclusion, given, known, **data)


WHERE = {lever: 3, force: f, share: HALF, count: 2, weight: g}
ENOUGH = (Ge(f, 6),)


def test_the_claim_at_values() -> None:
    assert apply(WHERE, ENOUGH).status is Status.PROVED
    assert apply(WHERE, (Ge(f, 7),)).status is Status.PROVED  # which gives f >= 6


def test_another_conclusion_is_not_proved() -> None:
    for wrong in (Le(g, 3 * f), Le(g, 2 * f + 1), Ge(g, 3 * f + 1), Le(f, 3 * f + 1)):
        assert apply(WHERE, ENOUGH, wrong).status is Status.UNKNOWN


def test_an_assumption_that_is_missing_or_too_weak() -> None:
    assert apply(WHERE, ()).status is Status.UNKNOWN
    assert apply(WHERE, (Ge(f, 5),)).status is Status.UNKNOWN
    assert apply({**WHERE, lever: 4}, ENOUGH).status is Status.UNKNOWN


def test_values_outside_of_the_domains() -> None:
    assert apply({**WHERE, lever: HALF}, ENOUGH).status is Status.UNKNOWN
    assert apply({**WHERE, share: 1}, ENOUGH).status is Status.UNKNOWN
    assert apply({**WHERE, share: m}, ENOUGH).status is Status.UNKNOWN
    assert apply({**WHERE, share: m}, (*ENOUGH, Gt(m, 0), sympy.Lt(m, 1))).status is Status.PROVED
    assert apply({**WHERE, share: m}, (*ENOUGH, Gt(m, 0), Le(m, 1))).status is Status.UNKNOWN


def test_integers_are_integers() -> None:
    assert apply({**WHERE, count: HALF}, ENOUGH).status is Status.UNKNOWN
    assert apply({**WHERE, count: m}, (*ENOUGH, Ge(m, 1))).status is Status.UNKNOWN
    assert apply({**WHERE, count: k}, (*ENOUGH, Ge(k, 1))).status is Status.PROVED
    assert apply({**WHERE, count: k}, ENOUGH).status is Status.UNKNOWN
    assert apply({**WHERE, count: k}, ENOUGH, k=sympy.S.Naturals).status is Status.PROVED


def test_assumptions_for_another_claim_are_not_asked_for() -> None:
    assert apply(WHERE, (*ENOUGH,), claim="other").status is Status.UNKNOWN
    assert apply(WHERE, (*ENOUGH, Le(m, f), Gt(m, 0)), claim="other").status is Status.PROVED


def test_a_variable_that_only_the_assumptions_speak_of_lies_in_its_domain_too() -> None:
    assert apply(WHERE, (*ENOUGH, Le(m, f)), claim="other", m=sympy.S.Reals).status is Status.UNKNOWN


def test_without_a_changed_statement_the_librarys_is_applied() -> None:
    token = INSTEAD.set({})
    with pytest.raises(Exception, match="the-lever is unknown"):
        apply(WHERE, ENOUGH)
    INSTEAD.reset(token)
