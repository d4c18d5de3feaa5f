"""delta(xi, epsilon): the induction closes at it, and just above it one of its inequalities fails."""

from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import lower_decimal
from boundcheck.exact.evaluate import decide, evaluate

XIS = [Fraction(1, 100), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]
module = proof_module("explicit_delta")
notation = proof_module("notation")
lemma_17 = proof_module("lemma_17_induction_over_layers")


def explicit_delta(xi: Fraction, epsilon: Fraction) -> Fraction:
    """delta as it is tabulated: rounded down to twelve digits."""
    bound = lower_decimal(evaluate(module.EXPLICIT_DELTA, {notation.xi: xi, notation.epsilon: epsilon}), 12)
    assert bound is not None
    return Fraction(bound)


@pytest.mark.parametrize("xi", XIS)
@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_the_induction_closes_at_delta_and_not_at_1001_thousandths_of_it(xi: Fraction, share: Fraction) -> None:
    epsilon = share * xi
    delta = explicit_delta(xi, epsilon)
    assert delta > 0
    steps = (module.WIDE_CLOSES, module.BLOCK_CLOSES)
    at = {notation.xi: xi, notation.epsilon: epsilon}
    assert [decide(step, {**at, notation.delta: delta}) for step in steps] == [Verdict.HOLDS, Verdict.HOLDS]
    above = [decide(step, {**at, notation.delta: delta * Fraction(1001, 1000)}) for step in steps]
    assert Verdict.FAILS in above


@pytest.mark.parametrize("xi", XIS)
def test_the_step_at_the_first_layer_is_the_hardest(xi: Fraction) -> None:
    """Later layers have (1 + xi)^l in the denominator: with the step at l = 1 (2 behind a block) all close."""
    epsilon, e_1, e_2 = xi / 2, lemma_17.e_1, lemma_17.e_2
    e_3, e_4 = lemma_17.e_3, lemma_17.e_4
    delta = explicit_delta(xi, epsilon)
    at = {notation.xi: xi, notation.epsilon: epsilon, notation.delta: delta}
    for layer in range(1, 6):
        wide = (1 + e_1) / (1 + notation.xi) + e_2 / ((1 + notation.xi) ** layer * notation.xi)
        block = (1 + e_3) / (1 + notation.xi) ** 2 + e_4 / ((1 + notation.xi) ** (layer + 1) * notation.xi)
        for left in (wide, block):
            assert decide(sympy.Le(left.subs(module.PROOF_CONSTANTS), 1), at) is Verdict.HOLDS


@pytest.mark.parametrize("xi", XIS)
@pytest.mark.parametrize("delta", [Fraction(1, 10**k) for k in (1, 3, 9, 30)])
def test_the_printed_constants_meet_lemma_17_for_no_delta(xi: Fraction, delta: Fraction) -> None:
    """epsilon = xi/2 gives 2 epsilon_3 = xi + (2 + xi) f(2 delta) > xi: why the corrected form needs another chain."""
    printed = next(a for a in lemma_17.STATEMENT.variant("printed").assumptions if a.id == "slack")
    relation = printed.relation.subs(module.PROOF_CONSTANTS)
    values = {notation.xi: xi, notation.epsilon: xi / 2, notation.delta: delta}
    assert decide(relation, values) is Verdict.FAILS


def test_delta_is_not_positive_where_epsilon_uses_up_all_room() -> None:
    xi = Fraction(1, 10)
    value = evaluate(module.EXPLICIT_DELTA, {notation.xi: xi, notation.epsilon: xi})
    assert not value > 0
