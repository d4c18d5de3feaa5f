"""Written out at sizes: as good as the rule that decides them, and never more than up to these sizes."""

import sympy
from rule_runs import run
from sympy import Ge, Le

from boundcheck.core.step import Status

x = sympy.symbols("x_1:5", real=True)
SUM, SQUARES, LENGTH = sympy.symbols("sum squares n", real=True)
CLAIM = Le(SUM**2, LENGTH * SQUARES)
Written = list[tuple[dict[sympy.Basic, sympy.Expr], tuple[sympy.Basic, ...]]]


def squares(size: int) -> Written:
    total, each = sympy.Add(*x[:size]), sympy.Add(*(part**2 for part in x[:size]))
    return [({SUM: total, SQUARES: each, LENGTH: sympy.Integer(size)}, ())]


def decided(claim: sympy.Basic, sizes: object = ((1,), (2,), (3,)), instance: object = squares, given: tuple = ()):  # type: ignore[no-untyped-def,type-arg]
    return run("written-out", claim, given, sizes=sizes, instance=instance, by=("smt", {}))


def test_up_to_sizes() -> None:
    finding = decided(CLAIM)
    assert finding.status is Status.PROVED_UP_TO
    assert "1, 2, 3" in finding.note


def test_the_first_size_that_fails_decides() -> None:
    two = Le(SUM**2, 2 * SQUARES)
    finding = decided(two, instance=lambda n: [({k: v for k, v in squares(n)[0][0].items() if k != LENGTH}, ())])
    assert finding.status is Status.REFUTED
    assert finding.note.startswith("at (3,)")
    at = {name: sympy.Rational(value) for name, value in finding.witness.items()}
    assert sum(at.values()) ** 2 > 2 * sum(value**2 for value in at.values())


def test_it_is_the_steps_own_conclusion_that_is_decided() -> None:
    """Not another relation that happens to be written down beside it."""
    assert decided(Le(LENGTH * SQUARES, SUM**2)).status is not Status.PROVED_UP_TO
    assert decided(Le(SUM, 0), instance=lambda n: [({SQUARES: x[0] ** 2}, ())]).status is Status.UNKNOWN


def test_every_instance_of_a_size_counts() -> None:
    good, bad = ({SUM: x[0] ** 2}, ()), ({SUM: x[0]}, ())
    assert decided(Ge(SUM, 0), instance=lambda n: [good, good]).status is Status.PROVED_UP_TO
    assert decided(Ge(SUM, 0), instance=lambda n: [good, bad]).status is Status.REFUTED


def test_what_is_given_for_the_general_statement_is_not_given_for_the_sizes() -> None:
    known, unknown = (Ge(x[0], 0),), ()
    assert decided(Ge(SUM, 0), instance=lambda n: [({SUM: x[0]}, known)]).status is Status.PROVED_UP_TO
    assert decided(Ge(SUM, 0), instance=lambda n: [({SUM: x[0]}, unknown)], given=known).status is Status.REFUTED


def test_no_sizes_and_no_instances_prove_nothing() -> None:
    assert decided(CLAIM, sizes=[]).status is Status.UNKNOWN
    assert decided(CLAIM, instance=lambda n: []).status is Status.UNKNOWN
