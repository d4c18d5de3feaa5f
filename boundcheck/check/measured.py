"""What a record measured in float64, against enclosures of the same numbers.

A recorded float agrees if it lies in the enclosure, widened by what float64 can be off: each output by a relative 1e-10
of the networks' outputs (root mean square), far more than rounding does, so that an error e beside outputs of mean
square M moves by at most 2e-10 sqrt(e M) + 1e-20 M. A false number can hide within the enclosure and this alone; where
the enclosure is wider than 1% of the number, it is left open.
"""

from flint import arb

from boundcheck.compress.record import CompressionRecord, QualityRecord
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less, lower_end, upper_end
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.network.data import Data
from boundcheck.network.measure import forward_enclosure, mean_square
from boundcheck.network.network import Network
from boundcheck.network.predictions import accuracy, difference, r_squared

from .findings import Part
from .projections import Projected, forward_projected, radii

FLOAT64 = 1e-10
WIDEST = 0.01
RADIUS_TOLERANCE = 1e-9


def check_measured(part: Part, record: CompressionRecord, dense: Network, compressed: Network, data: Data) -> None:
    """Second moment, errors, scores, and the projections."""
    said = record.measured
    part.same("measured.samples", said.samples, len(data.inputs))
    kind = None if data.targets is None else "R^2" if data.labels is None else "accuracy"
    part.same("measured.measure", said.measure, kind)
    before = forward_enclosure(dense, data)
    moment = mean_square(before)
    _within(part, "measured.dense_second_moment", said.dense_second_moment, moment, moment, moment)
    _check_score(part, "measured.dense_score", said.dense_score, before, data)
    after = forward_enclosure(compressed, data)
    _check_quality(part, "measured.compressed", record, said.compressed, before, after, data)
    projected = _check_projections(part, record, dense, compressed, data)
    quality = said.with_projections
    if projected is None:
        part.same("measured.with_projections", quality, None, "no projection acts")
    elif quality is not None:
        _check_quality(part, "measured.with_projections", record, quality, before, projected.outputs, data)
    elif any(projected.certain.values()):
        part.expect(False, "measured.with_projections", None, None, "is missing, and a projection acts on some samples")


def _check_quality(
    part: Part,
    path: str,
    record: CompressionRecord,
    said: QualityRecord,
    before: BallMatrix,
    after: BallMatrix,
    data: Data,
) -> None:
    error = mean_square(difference(before, after))
    size = mean_square(before).max(mean_square(after))
    _within(part, f"{path}.error", said.error, error, error, size)
    moment = record.measured.dense_second_moment
    expected = said.error / moment if moment > 0 else None
    part.same(f"{path}.relative", said.relative, expected, "is the error over the dense second moment, as recorded")
    _check_score(part, f"{path}.score", said.score, after, data)


def _within(part: Part, path: str, said: float, enclosure: arb, error: arb, size: arb) -> None:
    """A measured mean square; ``size``: mean square of the outputs it comes from."""
    if not enclosure.is_finite():
        part.leave_open(path, "has no finite enclosure", said)
        return
    low, high = lower_end(enclosure), upper_end(enclosure)
    slack = 2 * ball(FLOAT64) * (upper_end(error).max(ball(0)) * upper_end(size)).sqrt() + ball(FLOAT64) ** 2 * size
    is_outside = Verdict.HOLDS in (less(said, low - slack), less(high + slack, said))
    shown = enclosure.str(12)
    is_narrow = said == 0 or less(high - low, abs(ball(said)) * ball(WIDEST)) is Verdict.HOLDS
    if part.expect(not is_outside, path, said, shown, "lies outside of what was proved") and not is_narrow:
        part.leave_open(path, f"lies in {shown}, which is too wide to say more", said)


def _check_score(part: Part, path: str, said: float | None, outputs: BallMatrix, data: Data) -> None:
    if data.labels is not None:
        least, most = accuracy(outputs, data.labels)
        count = len(data.labels)
        shares = [number / count for number in range(int(least * count), int(most * count) + 1)]
        shown = f"{least}" if least == most else f"{least} to {most}"
        part.expect(said in shares, path, said, shown, "share of samples whose largest output is their label")
        return
    score = r_squared(outputs, data)
    if said is None or score is None:
        part.same(path, said, None if score is None else score.str(12))
        return
    slack = 10 * ball(FLOAT64) * (1 + abs(1 - score))
    is_outside = Verdict.HOLDS in (less(said, lower_end(score - slack)), less(upper_end(score + slack), said))
    part.expect(not is_outside, path, said, score.str(12), "lies outside of what was proved")


def _check_projections(
    part: Part, record: CompressionRecord, dense: Network, compressed: Network, data: Data
) -> Projected | None:
    """Where projections stand, their radii, and on how many samples each acts; the outputs if some may act."""
    settings, said = record.settings, {one.layer: one for one in record.projections}
    behind = sorted([*settings.wide, *(number + 1 for number in settings.bottleneck)]) if settings.projection else []
    if not part.same("projections", [one.layer for one in record.projections], behind) or not behind:
        return None
    expected = radii(dense, data)
    for place, number in enumerate(behind):
        part.same(f"projections[{place}].samples", said[number].samples, len(data.inputs))
        radius, found = said[number].radius, expected[number - 1]
        is_close = less(abs(ball(radius) - found), found * ball(RADIUS_TOLERANCE)) is Verdict.HOLDS
        part.expect(is_close, f"projections[{place}].radius", radius, found.str(12), "follows from norms and biases")
    projected = forward_projected(compressed, data, {number: said[number].radius for number in behind})
    for place, number in enumerate(behind):
        active, least, most = said[number].active, projected.certain[number], projected.possible[number]
        path = f"projections[{place}].active"
        is_possible = least <= active <= most
        shown = str(least) if least == most else f"{least} to {most}"
        if part.expect(is_possible, path, active, shown, "samples whose norm exceeds the radius") and least < most:
            part.leave_open(path, f"{most - least} samples are within rounding of the radius", active)
    return projected if any(projected.possible.values()) else None
