"""Arbitrary values: they must exist."""

import sympy
from rule_runs import POSITIVE, run
from sympy import Eq, Ge, Gt, Le

from boundcheck.core.operators import Norm
from boundcheck.core.step import Status

x, y = sympy.symbols("x y", real=True)


def test_values_that_exist() -> None:
    assert run("let", sympy.And(Ge(x, 0), Le(x, 1))).status is Status.PROVED
    assert run("let", Eq(x, y), (), {y: POSITIVE}).status is Status.PROVED


def test_values_that_do_not_exist() -> None:
    assert run("let", sympy.And(Ge(x, 1), Le(x, 0))).status is Status.UNKNOWN
    assert run("let", sympy.And(Eq(x, y), Eq(x, y + 1))).status is Status.UNKNOWN
    assert run("let", Eq(x**2, -1, evaluate=False)).status is Status.UNKNOWN


def test_domains_and_forms_count() -> None:
    assert run("let", Le(y, 0), (), {y: POSITIVE}).status is Status.UNKNOWN
    assert run("let", Le(Norm(x), -1, evaluate=False)).status is Status.UNKNOWN


def test_nothing_is_given() -> None:
    assert run("let", Ge(x, 0), (Gt(x, 1),)).status is Status.UNKNOWN
