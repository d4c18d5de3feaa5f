"""Norms under scaling, and a projection that changes nothing: instances, and what is none."""

from typing import Any

import pytest
import sympy
from rule_runs import POSITIVE, run
from sympy import Abs, Ge, Le

from boundcheck.core.operators import Norm, Projection
from boundcheck.core.step import Status

u, v = sympy.symbols("u v")
s, t, kappa = sympy.symbols("s t kappa", real=True)
INSIDE = Ge(kappa, Norm(u))
UNMOVED = Le(Norm(u - Projection(u, kappa)), 0, evaluate=False)


def status(lemma: str, conclusion: sympy.Basic, given: tuple[sympy.Basic, ...], **instance: Any) -> Status:
    found = run("named-lemma", conclusion, given, {kappa: POSITIVE}, lemma=lemma, instance=instance)
    return found.status


def test_scaling() -> None:
    assert status("scaling", Le(Norm(s * u), Abs(s) * Norm(u)), (), s=s, u=u) is Status.PROVED


@pytest.mark.parametrize(
    "conclusion",
    [
        Le(Norm(s * u), s * Norm(u)),
        Le(Norm(s * u), Abs(t) * Norm(u)),
        Le(Norm(s * u), Abs(s) * Norm(v)),
        Ge(Norm(s * u), Abs(s) * Norm(u) + 1),
    ],
    ids=str,
)
def test_false_scaling_is_not_proved(conclusion: sympy.Basic) -> None:
    assert status("scaling", conclusion, (), s=s, u=u) is not Status.PROVED


def test_scaling_by_what_is_no_number_is_not_proved() -> None:
    assert status("scaling", Le(Norm(u * v), Abs(u) * Norm(v)), (), s=u, u=v) is not Status.PROVED


def test_a_point_of_the_ball_stays() -> None:
    assert status("projection-inside", UNMOVED, (INSIDE,), u=u, kappa=kappa) is Status.PROVED


@pytest.mark.parametrize(
    ("conclusion", "given"),
    [
        (UNMOVED, ()),
        (UNMOVED, (Ge(2 * kappa, Norm(u)),)),
        (UNMOVED, (Ge(kappa, Norm(v)),)),
        (Le(Norm(v - Projection(v, kappa)), 0, evaluate=False), (INSIDE,)),
        (Le(Norm(u - Projection(u, kappa / 2)), 0, evaluate=False), (INSIDE,)),
    ],
    ids=str,
)
def test_what_may_lie_outside_is_not_said_to_stay(conclusion: sympy.Basic, given: tuple[sympy.Basic, ...]) -> None:
    assert status("projection-inside", conclusion, given, u=u, kappa=kappa) is not Status.PROVED
