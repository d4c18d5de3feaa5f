"""The step from Proposition 23 to 22 at weights of zero: why tau_0 has to be taken entry by entry."""

from fractions import Fraction

import pytest
from proof_files import proof_module
from statement_formulas import assumption

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide, exact_value

module = proof_module("proposition_23_two_layers_independent_entries")
notation = proof_module("notation")
DELTA = proof_module("proposition_22_two_layers_pruning").DEFINITIONS[notation.Delta]
SECOND_MOMENT = assumption("proposition-23", "second-moment")


def verdict(p: Fraction, tau_0: Fraction, zero_probability: Fraction) -> Verdict:
    """Whether Proposition 22's Delta covers an entry that the draw makes zero with that probability."""
    tau_1 = (1 - p) / p if tau_0 else Fraction(0)
    delta = exact_value(DELTA, {notation.p: p})
    given = {
        notation.Delta: delta,
        notation.tau_0: tau_0,
        notation.tau_1: tau_1,
        module.zero_probability: zero_probability,
    }
    return decide(SECOND_MOMENT, given)


@pytest.mark.parametrize("p", [Fraction(1, 10), Fraction(1, 2), Fraction(3, 4), Fraction(99, 100)], ids=str)
def test_delta_covers_an_entry_with_its_own_tau(p: Fraction) -> None:
    assert verdict(p, tau_0=Fraction(1), zero_probability=1 - p) is Verdict.HOLDS
    assert verdict(p, tau_0=Fraction(0), zero_probability=Fraction(1)) is Verdict.HOLDS


@pytest.mark.parametrize(("p", "expected"), [(Fraction(1, 2), Verdict.HOLDS), (Fraction(3, 4), Verdict.FAILS)], ids=str)
def test_one_tau_for_all_entries_does_not_cover_a_weight_of_zero(p: Fraction, expected: Verdict) -> None:
    assert verdict(p, tau_0=Fraction(1), zero_probability=Fraction(1)) is expected
