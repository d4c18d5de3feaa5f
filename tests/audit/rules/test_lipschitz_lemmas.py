"""Lipschitz constants bound differences, and Taylor's remainder; with another factor or power they do not."""

from typing import Any

import pytest
import sympy
from sympy import Abs, Function, Lambda, Le

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.named_lemma import check
from boundcheck.core.derivatives import constant_of, derivative
from boundcheck.core.operators import Lipschitz
from boundcheck.core.step import Status, Step

z, h, c, y = sympy.symbols("z h c y", real=True)
phi = Function("phi", real=True)
first, second = derivative(phi, 1), derivative(phi, 2)
TILTED = Lambda(y, phi(y) - c * y)
REST_1 = Abs(phi(z + h) - phi(z) - first(z) * h, evaluate=False)
REST_2 = Abs(phi(z + h) - phi(z) - first(z) * h - second(z) * h**2 / 2, evaluate=False)
AT = {"phi": phi, "a": z, "h": h}


def replay(lemma: str, conclusion: sympy.Basic, instance: dict[str, Any]) -> Finding:
    return check(Step("s", "", "named-lemma", conclusion, data={"lemma": lemma, "instance": instance}), {})


@pytest.mark.parametrize(
    ("lemma", "conclusion", "instance"),
    [
        (
            "lipschitz",
            Le(Abs(TILTED(z + h) - TILTED(z)), Lipschitz(TILTED) * Abs(h)),
            {"f": TILTED, "a": z + h, "b": z},
        ),
        ("taylor", Le(REST_1, constant_of(phi, 1) * h**2 / 2), {**AT, "order": 1}),
        ("taylor", Le(REST_2, constant_of(phi, 2) * Abs(h) ** 3 / 6), {**AT, "order": 2}),
    ],
    ids=str,
)
def test_instances_are_proved(lemma: str, conclusion: sympy.Basic, instance: dict[str, Any]) -> None:
    assert replay(lemma, conclusion, instance).status is Status.PROVED


@pytest.mark.parametrize(
    ("lemma", "conclusion", "instance"),
    [
        (
            "lipschitz",
            Le(Abs(TILTED(z + h) - TILTED(z)), Lipschitz(TILTED) * Abs(h) / 2),
            {"f": TILTED, "a": z + h, "b": z},
        ),
        ("lipschitz", Le(Abs(TILTED(z + h) - TILTED(z)), constant_of(phi) * Abs(h)), {"f": TILTED, "a": z + h, "b": z}),
        ("taylor", Le(REST_1, constant_of(phi, 1) * h**2 / 3), {**AT, "order": 1}),
        ("taylor", Le(REST_1, constant_of(phi, 2) * h**2 / 2), {**AT, "order": 1}),
        ("taylor", Le(REST_1, constant_of(phi) * h**2 / 2), {**AT, "order": 1}),
        ("taylor", Le(REST_2, constant_of(phi, 2) * Abs(h) ** 3 / 7), {**AT, "order": 2}),
        ("taylor", Le(REST_1, constant_of(phi, 2) * Abs(h) ** 3 / 6), {**AT, "order": 2}),
        ("taylor", Le(Abs(phi(z + h) - phi(z)), constant_of(phi) * Abs(h)), {**AT, "order": 0}),
    ],
    ids=str,
)
def test_what_is_no_instance_is_not_proved(lemma: str, conclusion: sympy.Basic, instance: dict[str, Any]) -> None:
    assert replay(lemma, conclusion, instance).status is not Status.PROVED


@pytest.mark.parametrize("value", [sympy.sin, sympy.exp, Function("phi")])
def test_taylor_speaks_of_undefined_real_functions_alone(value: Any) -> None:
    rest = Abs(value(z + h) - value(z) - first(z) * h)
    instance = {"phi": value, "order": 1, "a": z, "h": h}
    assert replay("taylor", Le(rest, constant_of(phi, 1) * h**2 / 2), instance).status is not Status.PROVED
