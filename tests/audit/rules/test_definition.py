"""Names for expressions: anything that is more than a name is refused."""

import sympy
from rule_runs import POSITIVE, run
from sympy import Eq, Le

from boundcheck.core.step import Status

x, y, z = sympy.symbols("x y z", real=True)


def test_names_are_given() -> None:
    assert run("definition", Eq(x, y**2)).status is Status.PROVED
    assert run("definition", sympy.And(Eq(x, y**2), Eq(z, 1))).status is Status.PROVED


def test_more_than_a_name_is_refused() -> None:
    assert run("definition", Le(x, y)).status is Status.UNKNOWN
    assert run("definition", Eq(x + 1, y)).status is Status.UNKNOWN
    assert run("definition", Eq(x, x**2)).status is Status.UNKNOWN
    assert run("definition", sympy.And(Eq(x, y), Le(y, 1))).status is Status.UNKNOWN
    assert run("definition", Eq(x, y), (Le(y, 1),)).status is Status.UNKNOWN


def test_a_variable_of_the_statement_is_not_the_proofs_to_define() -> None:
    assert run("definition", Eq(x, 1), (), {x: POSITIVE}).status is Status.UNKNOWN
