"""Widths at which a rung holds and, one unit narrower, does not: for wide layers and bottlenecks, both modes."""

from fractions import Fraction

import pytest
from rung_runs import layer_sets, run_on_widths

from boundcheck.certify.proposal import Proposal
from boundcheck.core.verdict import Verdict

WIDE, BOTTLENECK = layer_sets(wide=[1]), layer_sets(bottleneck=[1])
HALF = {sets: Proposal(keep=Fraction(1, 2), sets=sets) for sets in (WIDE, BOTTLENECK)}
INT5 = {sets: Proposal(levels=15, sets=sets) for sets in (WIDE, BOTTLENECK)}

# rung, sets, proposal, least width that holds: a wide layer n -> 10, a bottleneck 10 -> n -> 10, c_1 = c_2 = 1.
THRESHOLDS = [
    ("corrected", WIDE, HALF, 34511),
    ("corrected", WIDE, INT5, 2570),
    ("corrected", BOTTLENECK, HALF, 56615248),
    ("corrected", BOTTLENECK, INT5, 88970),
    ("layerwise", WIDE, HALF, 1244),
    ("layerwise", WIDE, INT5, 90),
    ("layerwise", BOTTLENECK, HALF, 24509),
    ("layerwise", BOTTLENECK, INT5, 370),
]


@pytest.mark.parametrize(("rung", "sets", "proposals", "width"), THRESHOLDS)
def test_one_unit_of_width_decides(rung: str, sets: object, proposals: dict, width: int) -> None:
    widths = [width, 10] if sets is WIDE else [10, width, 10]
    held = run_on_widths(rung, widths, proposals[sets])
    assert held.verdict is Verdict.HOLDS, held.reason
    assert all(row.verdict is Verdict.HOLDS for row in held.assumptions)
    assert held.vacuous is False
    narrower = [width - 1 if n == width else n for n in widths]
    missed = run_on_widths(rung, narrower, proposals[sets])
    assert missed.verdict is Verdict.FAILS
    assert "no proof that the network cannot be compressed" in missed.reason


def test_the_printed_form_never_decides() -> None:
    record = run_on_widths("printed", [10**9, 10], HALF[WIDE])
    assert not record.decides
    assert "decides nothing" in record.reason
