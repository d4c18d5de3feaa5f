"""HOLDS must say more than the zero network does, whatever the constants are known from."""

from fractions import Fraction

import boundcheck
from boundcheck import LayerSets, Proposal, Verdict

HALF = Proposal(keep=Fraction(1, 2))


def test_stated_entries_bound_the_norm_where_that_is_sharper() -> None:
    """(11) with c_2 = 0.01 on a 1 -> 1000 layer gives ||W|| <= 0.01: the zero network is within 10^-4."""
    network = boundcheck.network_from_widths([1, 1000], Fraction(1), Fraction(1, 100))
    certificate = boundcheck.verify(network, HALF)
    assert Fraction(certificate.trivial_bound.value) <= Fraction(1, 10_000) * (1 + Fraction(1, 10**12))
    assert certificate.verdict is Verdict.FAILS


def test_for_random_weights_the_zero_network_is_measured_by_the_law() -> None:
    """Norm bounds that rarely fail are several times the true norms: they may not make the bound look good."""
    relu, identity = boundcheck.parse_activation("relu"), boundcheck.parse_activation("identity")
    network = boundcheck.network_from_law([100_000, 50, 10], "glorot", Fraction(1, 10**6), relu, identity)
    certificate = boundcheck.verify(network, Proposal(keep=Fraction(9, 10)))
    # E||W z||^2 = n_out 2/(n_in + n_out) ||z||^2, layer by layer.
    mean = Fraction(100, 100_050) * Fraction(20, 60)
    assert 0 <= mean - Fraction(certificate.trivial_bound.value) < Fraction(1, 10**12)
    assert certificate.verdict is Verdict.FAILS


def test_a_tiny_failure_probability_is_not_rounded_away() -> None:
    network = boundcheck.network_from_law([4000, 10], "glorot", Fraction(1, 10**9))
    certificate = boundcheck.verify(network, Proposal(levels=127, sets=LayerSets(frozenset({1}), frozenset())))
    assert "except with probability at most 1e-9" in certificate.reason or "0.000000001" in certificate.reason
