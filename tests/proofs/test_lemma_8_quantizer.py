"""Lemma 8 against the paper's own definition of the quantizer, in exact rationals."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st
from proof_files import proof_module
from statement_formulas import at, claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import exact_value

module = proof_module("lemma_8_quantizer_is_unbiased")
MEAN, DEVIATION = claim("lemma-8", "mean"), claim("lemma-8", "deviation")
LARGEST, LEVELS = Fraction(3, 2), 4


def quantizer(w: Fraction, largest: Fraction, levels: int) -> dict[Fraction, Fraction]:
    """Values and probabilities of q(w; M, k) as defined on page 5."""
    level = next(j for j in range(1, levels + 1) if abs(w) <= j * largest / levels)
    sign = 1 if w >= 0 else -1
    stays = 1 - level + levels * abs(w) / largest
    law = {sign * level * largest / levels: stays}
    lower = sign * (level - 1) * largest / levels
    return law | {lower: law.get(lower, Fraction(0)) + 1 - stays}


weights = st.tuples(
    st.fractions(-1, 1, max_denominator=60), st.fractions(Fraction(1, 100), 50, max_denominator=100), st.integers(1, 9)
)


@given(weights)
@example((Fraction(0), Fraction(2), 1))
@example((Fraction(1), Fraction(2), 1))
@example((Fraction(-1), Fraction(2, 3), 5))
@example((Fraction(2, 5), Fraction(1), 5))
def test_unbiased_and_within_a_step(case: tuple[Fraction, Fraction, int]) -> None:
    share, largest, levels = case
    w = share * largest
    law = quantizer(w, largest, levels)
    assert all(0 <= probability <= 1 for probability in law.values())
    assert sum(value * probability for value, probability in law.items()) == w
    at_point = {module.w: w, module.M: largest, module.k: Fraction(levels)}
    values = {exact_value(value, at_point) for value in (module.UPPER_VALUE, module.LOWER_VALUE)}
    assert values == set(law)
    assert law[exact_value(module.UPPER_VALUE, at_point)] == exact_value(module.UPPER_PROBABILITY, at_point)
    for relation in (MEAN, DEVIATION):
        assert at(relation, w=w, M=largest, k=levels) is Verdict.HOLDS


@pytest.mark.parametrize(
    "relation",
    [
        MEAN.subs(module.UPPER_PROBABILITY, 1 - module.UPPER_PROBABILITY),
        sympy.Eq(MEAN.lhs, sympy.Abs(module.w)),
        sympy.Le(DEVIATION.lhs, module.M / (2 * module.k)),
    ],
    ids=["swapped probabilities", "lost sign", "half a step"],
)
def test_a_planted_fault_is_found(relation: sympy.Basic) -> None:
    weights_tried = [LARGEST * Fraction(share, 12) for share in range(-12, 13)]
    assert Verdict.FAILS in {at(relation, w=w, M=LARGEST, k=LEVELS) for w in weights_tried}
