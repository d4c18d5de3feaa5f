"""In every mode, an assumption that cannot be decided or evaluated leaves a rung open that would hold otherwise."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from rung_runs import layer_sets, run_on_channels, run_on_widths

from boundcheck.certify import block
from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.proposal import Granularity, Proposal
from boundcheck.core.verdict import Verdict

WIDE, HALF = layer_sets(wide=[1]), Fraction(1, 2)
MODES: dict[str, Callable[[str], RungRecord]] = {
    "prune": lambda rung: run_on_widths(rung, [40_000, 10], Proposal(keep=HALF, sets=WIDE)),
    "quantize": lambda rung: run_on_widths(rung, [4000, 10], Proposal(levels=15, sets=WIDE)),
    "structured": lambda rung: run_on_widths(
        rung, [40_000, 10], Proposal(keep=HALF, sets=WIDE, granularity=Granularity.STRUCTURED)
    ),
    "conv": lambda rung: run_on_channels(
        rung, [150_000, 10], (2, 4), Proposal(keep=HALF, sets=WIDE, granularity=Granularity.CONV)
    ),
}


def undecided(*_: object) -> Verdict:
    return Verdict.UNKNOWN


def broken(*_: object) -> Verdict:
    raise ArithmeticError("planted")


@pytest.mark.parametrize("rung", ["layerwise", "corrected"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decide", [undecided, broken])
def test_it_is_unknown(monkeypatch: pytest.MonkeyPatch, decide: Callable[..., Verdict], mode: str, rung: str) -> None:
    assert MODES[mode](rung).verdict is Verdict.HOLDS
    monkeypatch.setattr(block, "decide", decide)
    assert MODES[mode](rung).verdict is Verdict.UNKNOWN
