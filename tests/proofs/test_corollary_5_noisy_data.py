"""Corollary 5: of Theorem 2 it uses the loss alone, which Theorems 3, 6 and 7 claim as well; and exact instances."""

import itertools
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module
from statement_formulas import claim

from boundcheck.audit.relations import same
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide
from boundcheck.library import library

module = proof_module("corollary_5_noisy_data")
LOSS = claim("corollary-5", "loss")
DENSE = [Fraction(n, 4) for n in range(-8, 9)]
MOVED = [Fraction(n, 10) for n in range(1, 30, 4)]


def instance(dense: Fraction, moved: Fraction) -> dict[sympy.Symbol, Fraction]:
    """One input, labels 1 and -1 with equal chances (so omega = 1), outputs ``dense`` and ``dense + moved``."""
    return {
        module.omega_noise: Fraction(1),
        module.loss_dense: dense**2 + 1,
        module.loss_compressed: (dense + moved) ** 2 + 1,
        module.error_network: moved**2,
    }


@pytest.mark.parametrize("theorem", ["theorem-3", "theorem-6", "theorem-7"])
@pytest.mark.parametrize("variant", ["printed", "corrected"])
def test_it_extends_verbatim(theorem: str, variant: str) -> None:
    assert same(claim(theorem, "loss", variant), claim("theorem-2", "loss", variant))


@pytest.mark.parametrize("variant", ["printed", "corrected"])
def test_nothing_else_of_the_theorem_is_used(variant: str) -> None:
    steps = library().find("corollary-5").variant(variant).proof
    assert [step.data["claim"] for step in steps if step.rule == "application"] == ["loss"]


def test_two_labels() -> None:
    assert all(decide(LOSS, instance(*point)) is Verdict.HOLDS for point in itertools.product(DENSE, MOVED))


def test_a_third_of_the_factor_is_too_little() -> None:
    weaker = LOSS.subs(module.omega_noise, 3 * module.omega_noise)
    assert any(decide(weaker, instance(*point)) is Verdict.FAILS for point in itertools.product(DENSE, MOVED))
