"""Case splits: true steps in every case; missing, wrong and non-exhaustive cases are found out."""

from fractions import Fraction

import pytest
import sympy
from rule_runs import POSITIVE, UNIT, run
from sympy import Abs, Eq, Ge, Gt, Le, Lt, Max, Min, Piecewise, floor

from boundcheck.audit.finding import Finding
from boundcheck.core.step import Status

x, y, z = sympy.symbols("x y z", real=True)
a, b = sympy.symbols("a b", positive=True)
SMT = ("smt", {})
MONOMIAL = ("monomial-ratio", {})
REALS = {x: sympy.S.Reals, y: sympy.S.Reals, z: sympy.S.Reals}


def split(conclusion: object, *given: object, by: tuple = SMT, domains: dict | None = None, **data: object) -> Finding:
    return run("case-split", conclusion, given, domains or REALS, by=by, **data)


def value(finding: Finding, symbol: sympy.Symbol) -> Fraction:
    return Fraction(finding.witness[str(symbol)])


@pytest.mark.parametrize(
    ("conclusion", "given"),
    [
        (Le(Abs(x + y), Abs(x) + Abs(y)), ()),
        (Le(Max(x, y), z), (Le(x, z), Le(y, z))),
        (Ge(Min(x, y, z), -1), (Ge(x, -1), Ge(y, 0), Gt(z, 3))),
        (Eq(Max(x, y), (x + y + Abs(x - y)) / 2), ()),
        (Le(Piecewise((x, x < 1), (2 - x, True)), 1), ()),
        (Le(floor(x) + floor(y), x + y), ()),
        (Le(Max(x, Abs(Min(y, z))), 2), (Le(x, 2), Le(Abs(y), 2), Le(Abs(z), 2))),
    ],
    ids=str,
)
def test_proved_in_every_case(conclusion: object, given: tuple) -> None:
    assert split(conclusion, *given).status is Status.PROVED


def test_one_argument_of_a_maximum_that_is_not_bounded_is_found() -> None:
    finding = split(Le(Max(x, y), z), Le(x, z))
    assert finding.status is Status.REFUTED
    assert value(finding, x) <= value(finding, z) < value(finding, y)


def test_a_minimum_taken_for_a_maximum() -> None:
    finding = split(Le(Max(x, y), z), Le(Min(x, y), z))
    assert finding.status is Status.REFUTED
    assert min(value(finding, x), value(finding, y)) <= value(finding, z) < max(value(finding, x), value(finding, y))


def test_a_wrong_sign_in_an_absolute_value() -> None:
    finding = split(Le(Abs(x + y), Abs(x) - Abs(y)))
    assert finding.status is Status.REFUTED
    assert abs(value(finding, x) + value(finding, y)) > abs(value(finding, x)) - abs(value(finding, y))


def test_a_wrong_branch() -> None:
    finding = split(Le(Piecewise((x, x < 2), (3 - x, True)), 1))
    assert finding.status is Status.REFUTED
    at = value(finding, x)
    assert (at if at < 2 else 3 - at) > 1


def test_a_branch_that_does_not_cover_everything_may_be_anything_elsewhere() -> None:
    partial = Piecewise((0, x < 1), (0, x > 2))
    assert split(Le(partial, 1, evaluate=False)).status is Status.UNKNOWN
    assert split(Le(partial, 1, evaluate=False), Gt(x, 2)).status is Status.PROVED


def test_a_rounding_is_an_integer_to_the_rule_of_the_cases() -> None:
    """floor(x) = 1/2 would meet both bounds of a rounding, as z3 takes it for a real number."""
    assert split(Ge(floor(x) ** 2, floor(x))).status is Status.UNKNOWN
    assert split(Le(floor(x), x - 1)).status is Status.REFUTED
    assert split(Lt(floor(x), x - 1)).status is Status.REFUTED
    assert split(Gt(floor(x), x - 1)).status is Status.PROVED


def test_named_cases_must_cover_everything() -> None:
    claim = Ge(x**2 + 1, 2 * x)
    assert split(claim, cases=[Le(x, 1), Ge(x, 1)]).status is Status.PROVED
    gap = split(claim, cases=[Lt(x, 1), Gt(x, 1)])
    assert gap.status is Status.UNKNOWN
    assert "not shown that one of" in gap.note
    assert split(claim, Gt(x, 1), cases=[Lt(x, 1), Gt(x, 1)]).status is Status.PROVED
    assert split(claim, cases=[]).status is Status.UNKNOWN


def test_no_cases_at_all_prove_nothing_unless_what_is_given_is_contradictory() -> None:
    assert split(Le(x, 1), Gt(x, 2), Lt(x, 1), cases=[]).status is Status.PROVED
    assert split(Le(x, 1), Le(x, 2), cases=[]).status is Status.REFUTED


def test_a_case_that_cannot_occur_does_not_stop_a_rule_that_sees_no_contradiction() -> None:
    """monomial-ratio has no use for 1 > a; what is given rules it out."""
    domains = {a: POSITIVE, b: POSITIVE}
    found = split(Le(Max(1, a) * b, a**2 * b), Ge(a, 1), by=MONOMIAL, domains=domains)
    assert found.status is Status.PROVED
    found = split(Le(Max(1, a) * b, a**2 * b), Ge(a, Fraction(1, 2)), by=MONOMIAL, domains=domains)
    assert found.status is Status.REFUTED
    at = value(found, a)
    assert at >= Fraction(1, 2) and max(1, at) > at**2


def test_cases_inside_of_cases() -> None:
    inner = ("case-split", {"by": SMT})
    found = split(Le(Abs(x) + Abs(y), 1), Le(Abs(x + y), 1), Le(Abs(x - y), 1), by=inner, cases=[Le(x, y), Ge(x, y)])
    assert found.status is Status.PROVED


def test_the_weakest_case_counts() -> None:
    cited = ("citation", {"source": "a book, theorem 1"})
    assert split(Le(Abs(x), 7), by=cited).status is Status.CITED
    assert split(Le(Abs(x), 7), by=("citation", {})).status is Status.REFUTED  # the search finds x = 10
    boxed = ("interval", {"box": {x: (-3, 3)}})
    assert split(Ge(Max(x, 0), -1, evaluate=False), by=boxed).status is Status.PROVED_UP_TO


def test_a_counterexample_to_a_case_is_none_to_the_step_unless_it_fails_there() -> None:
    """At x = 1/2 the case x > 0 of the rounding would fail, but 1/2 is no value of the domain."""
    integers = {x: sympy.S.Integers}
    assert split(Ge(x**2, Max(x, 0)), domains=integers).status is Status.UNKNOWN
    assert split(Ge(x**2, Max(x, 0))).status is Status.REFUTED
    assert split(Ge(x**2, Max(x, 0)), domains={x: UNIT}).status is Status.REFUTED


def test_an_unknown_rule_is_not_decided() -> None:
    assert split(Le(Abs(x), 1), by=("no-such-rule", {})).status is Status.UNKNOWN


def test_domains_weaker_than_a_symbols_assumptions_count() -> None:
    """Symbol a says positive, its domain any real number."""
    loose = {x: sympy.S.Reals, a: sympy.S.Reals}
    assert split(Le(-a, Abs(x), evaluate=False), domains=loose).status is Status.REFUTED
