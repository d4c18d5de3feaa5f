"""Widths at which a rung holds and, one unit narrower, does not: for wide layers and bottlenecks, every mode."""

from dataclasses import replace
from fractions import Fraction

import pytest
from rung_runs import layer_sets, run_on_channels, run_on_widths

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.proposal import Granularity, Proposal
from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets

WIDE, BOTTLENECK = layer_sets(wide=[1]), layer_sets(bottleneck=[1])
HALF = {sets: Proposal(keep=Fraction(1, 2), sets=sets) for sets in (WIDE, BOTTLENECK)}
NEURONS, FILTERS = (
    {sets: replace(proposal, granularity=granularity) for sets, proposal in HALF.items()}
    for granularity in (Granularity.STRUCTURED, Granularity.CONV)
)
INT5 = {sets: Proposal(levels=15, sets=sets) for sets in (WIDE, BOTTLENECK)}

# rung, sets, proposal, a width that fails and one that holds: a wide layer n -> 10, a bottleneck 10 -> n -> 10, with
# c_1 = c_2 = 1; of filters as many channels, 2 x 2 kernels on 4 x 4 maps. The least width in between is searched:
# parameters are chosen in floats, which differ by platform.
BRACKETS = [
    ("corrected", WIDE, HALF, 34_500, 34_520),
    ("corrected", WIDE, INT5, 2500, 2650),
    ("corrected", BOTTLENECK, HALF, 56_000_000, 57_000_000),
    ("corrected", BOTTLENECK, INT5, 88_000, 90_000),
    ("layerwise", WIDE, HALF, 1200, 1300),
    ("layerwise", WIDE, INT5, 80, 100),
    ("layerwise", BOTTLENECK, HALF, 24_000, 25_000),
    ("layerwise", BOTTLENECK, INT5, 360, 380),
    ("corrected", WIDE, NEURONS, 35_610, 35_630),
    ("corrected", BOTTLENECK, NEURONS, 156_394_400, 156_395_400),
    ("layerwise", WIDE, NEURONS, 1300, 1400),
    ("layerwise", BOTTLENECK, NEURONS, 185_000, 186_000),
    ("corrected", WIDE, FILTERS, 139_270, 139_290),
    ("corrected", BOTTLENECK, FILTERS, 625_002_400, 625_003_400),
    ("layerwise", WIDE, FILTERS, 5100, 5200),
    ("layerwise", BOTTLENECK, FILTERS, 729_000, 730_000),
]


@pytest.mark.parametrize(("rung", "sets", "proposals", "fails", "holds"), BRACKETS)
def test_one_unit_of_width_decides(rung: str, sets: LayerSets, proposals: dict, fails: int, holds: int) -> None:
    def run(width: int) -> RungRecord:
        widths = [width, 10] if sets is WIDE else [10, width, 10]
        if proposals is FILTERS:
            return run_on_channels(rung, widths, (2, 4), proposals[sets])
        return run_on_widths(rung, widths, proposals[sets])

    assert run(fails).verdict is Verdict.FAILS
    assert run(holds).verdict is Verdict.HOLDS
    while holds - fails > 1:
        middle = (holds + fails) // 2
        fails, holds = (fails, middle) if run(middle).verdict is Verdict.HOLDS else (middle, holds)
    held, missed = run(holds), run(fails)
    assert held.verdict is Verdict.HOLDS and missed.verdict is Verdict.FAILS
    assert all(row.verdict is Verdict.HOLDS for row in held.assumptions)
    assert held.vacuous is False
    assert "fails at layer 1" in missed.reason or "times the acceptable one" in missed.reason


def test_the_printed_form_never_decides() -> None:
    record = run_on_widths("printed", [10**9, 10], HALF[WIDE])
    assert not record.decides
    assert "decides nothing" in record.reason
