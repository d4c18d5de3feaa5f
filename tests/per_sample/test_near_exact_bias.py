"""Nearly exact bias and variance of kinked units against enumeration and Monte Carlo, and the facts they rest on."""

from fractions import Fraction

import numpy as np
import pytest
from claims_for_tests import (
    CLAIMS,
    PRUNED,
    QUANTIZED,
    deviation,
    exact_bias_and_variance,
    pruned_law,
    quantized_law,
)
from flint import arb

from boundcheck.core.rung import Effort, UnitQuantity
from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.interval_array import IntervalArray
from boundcheck.network.activation import parse_activation
from boundcheck.per_sample import near_exact_bias as module
from boundcheck.per_sample import two_valued_sums
from boundcheck.per_sample.draw_moments import draw_moments
from boundcheck.per_sample.entry_laws import pruned_entries, quantized_entries
from boundcheck.per_sample.near_exact_bias import near_exact_kink
from boundcheck.per_sample.unit_bounds import UnitBounds, bias_and_variance
from boundcheck.per_sample.unit_moments import unit_moments

RELU = parse_activation("relu")


def bounds_for(
    weight: np.ndarray,
    inputs: BallMatrix,
    z: BallMatrix,
    keep: Fraction | None = None,
    levels: int = 0,
    leak: Fraction = Fraction(0),
) -> UnitBounds:
    if keep is None:
        moments = unit_moments(inputs, draw_moments(QUANTIZED, weight, {UnitQuantity.LEVELS: levels}))
        return near_exact_kink(leak, inputs, quantized_entries(weight, levels), z, moments)
    moments = unit_moments(inputs, draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: keep}))
    return near_exact_kink(leak, inputs, pruned_entries(weight, keep), z, moments)


def found_for(
    weight: np.ndarray, inputs: BallMatrix, z: BallMatrix, keep: Fraction | None = None, levels: int = 0
) -> IntervalArray:
    return bounds_for(weight, inputs, z, keep, levels).bias


def weights(kind: str) -> np.ndarray:
    generator = np.random.default_rng(21)
    if kind == "signs":  # all jumps alike: V lives on a lattice, and its characteristic function returns to 1
        return np.sign(generator.normal(size=(6, 8)))
    if kind == "one":  # a single input makes all of the deviation
        return generator.normal(size=(6, 8)) * np.array([5.0] + [0.01] * 7)
    return generator.normal(size=(6, 8))


@pytest.mark.parametrize("leak", [Fraction(0), Fraction(1, 4)])
@pytest.mark.parametrize("kind", ["normal", "signs", "one"])
@pytest.mark.parametrize("keep", [Fraction(1, 20), Fraction(3, 10), Fraction(9, 10), None])
def test_the_enumerated_bias_and_variance_are_within(kind: str, keep: Fraction | None, leak: Fraction) -> None:
    """Of units near the kink and far from it on both sides."""
    weight = weights(kind)
    inputs = np.abs(weights("normal")[:3]) if kind != "signs" else np.ones((3, 8))
    z = inputs @ weight.T + np.array([-20, -2, -0.5, 0.5, 2, 20])
    found = bounds_for(weight, from_exact(inputs), from_exact(z), keep, levels=2, leak=leak)
    phi = parse_activation(f"leaky_relu({leak})")
    largest = float(np.abs(weight).max())
    known = 0
    for sample, unit in np.ndindex(3, 6):
        laws = [pruned_law(w, keep) if keep else quantized_law(w, largest, 2) for w in weight[unit]]
        low, high = float(found.bias.low[sample, unit]), float(found.bias.high[sample, unit])
        if np.isinf(high):
            continue
        bias, spread = exact_bias_and_variance(phi, float(z[sample, unit]), deviation(laws, inputs[sample]))
        assert not (bias < low or bias > high), (sample, unit)
        assert not spread > float(found.variance_above[sample, unit]), (sample, unit)
        known += 1
    assert known >= 4 or (kind == "signs" and keep is None)


def test_bias_and_variance_of_wide_units_are_met_within_a_twentieth() -> None:
    generator = np.random.default_rng(22)
    weight, inputs, keep = generator.normal(size=(20, 64)) / 8, generator.normal(size=(10, 64)), Fraction(3, 10)
    z = inputs @ weight.T
    both = bounds_for(weight, from_exact(inputs), from_exact(z), keep)
    found = both.bias
    draws, total, squares = 40_000, np.zeros(z.shape), np.zeros(z.shape)
    for _ in range(draws):
        kept = generator.random(weight.shape) < float(keep)
        value = np.maximum(inputs @ np.where(kept, weight / float(keep), 0.0).T, 0.0) - np.maximum(z, 0.0)
        total += value
        squares += value**2
    mean = total / draws
    variance = squares / draws - mean**2
    deviation_of_mean = np.sqrt(variance / draws)
    assert (found.low <= mean + 5 * deviation_of_mean).all() and (mean - 5 * deviation_of_mean <= found.high).all()
    assert found.high.mean() < 1.04 * mean.mean() and found.low.mean() > 0.93 * mean.mean()
    assert (both.variance_above > 0.95 * variance).all() and both.variance_above.mean() < 1.05 * variance.mean()


def test_radii_of_inputs_and_preactivations_are_taken_in() -> None:
    weight, keep, generator = weights("normal"), Fraction(1, 2), np.random.default_rng(23)
    inputs = generator.normal(size=(4, 8))
    z = inputs @ weight.T
    radius = 0.01
    wide = found_for(
        weight, BallMatrix(inputs, np.full(inputs.shape, radius)), BallMatrix(z, np.full(z.shape, 0.02)), keep
    )
    for _ in range(3):
        shifted = inputs + generator.choice([-radius, radius], size=inputs.shape) * 0.999
        at = z + generator.choice([-0.02, 0.02], size=z.shape) * 0.999
        for sample, unit in np.ndindex(4, 6):
            laws = [pruned_law(w, keep) for w in weight[unit]]
            bias, _ = exact_bias_and_variance(RELU, float(at[sample, unit]), deviation(laws, shifted[sample]))
            assert not (bias < float(wide.low[sample, unit]) or bias > float(wide.high[sample, unit]))


@pytest.mark.parametrize("what", ["input", "jump", "probability"])
def test_the_perturbation_is_the_mean_distance_of_the_laws(what: str) -> None:
    x, jump, q, radius = 1.5, 2.0, 0.25, 0.125
    balls = {"input": (x, 0.0), "jump": (jump, 0.0), "probability": (q, 0.0)}
    balls[what] = (balls[what][0], radius)
    found = two_valued_sums._perturbation(
        *(BallMatrix(np.array([[mid]]), np.array([[rad]])) for mid, rad in balls.values())
    )
    moved = {name: mid + rad for name, (mid, rad) in balls.items()}
    share = moved["probability"]
    # Common uniform numbers: below q both are 1, between q and the share only the second.
    parts = [(q, 1, 1), (share - q, 0, 1), (1 - share, 0, 0)]
    distance = sum(
        part * abs(moved["input"] * moved["jump"] * (second - share) - x * jump * (first - q))
        for part, first, second in parts
    )
    assert 0 < distance <= found[0, 0] <= 8 * distance


def test_a_preactivations_radius_widens_the_bias_by_as_much() -> None:
    weight, keep, inputs = weights("normal"), Fraction(1, 2), from_exact(np.abs(weights("normal")))
    z = inputs.mid @ weight.T
    exact = found_for(weight, inputs, from_exact(z), keep)
    wide = found_for(weight, inputs, BallMatrix(z, np.full(z.shape, 0.25)), keep)
    known = np.isfinite(exact.high)
    assert (wide.high[known] >= exact.high[known] + 0.25).all()
    assert (wide.low[known] <= np.maximum(exact.low[known] - 0.25, 0)).all()


def test_a_leak_takes_its_share_and_the_bounds_of_units_take_the_bias_in() -> None:
    weight, keep = weights("normal"), Fraction(3, 10)
    inputs = np.abs(weights("normal")[:2])
    balls, z = from_exact(inputs), inputs @ weight.T
    moments = unit_moments(balls, draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: keep}))
    leaky = parse_activation("leaky_relu(0.25)")
    known = near_exact_kink(Fraction(1, 4), balls, pruned_entries(weight, keep), from_exact(z), moments)
    found = bias_and_variance(CLAIMS, leaky, from_exact(z), moments, Effort.NEAR_EXACT, known)
    closed = bias_and_variance(CLAIMS, leaky, from_exact(z), moments, Effort.TIGHT)
    for sample, unit in np.ndindex(2, 6):
        law = deviation([pruned_law(w, keep) for w in weight[unit]], inputs[sample])
        exact, spread = exact_bias_and_variance(leaky, float(z[sample, unit]), law)
        assert not (exact < float(found.bias.low[sample, unit]) or exact > float(found.bias.high[sample, unit]))
        assert not spread > float(found.variance_above[sample, unit])
    assert (found.bias.high - found.bias.low).mean() < (closed.bias.high - closed.bias.low).mean() / 2
    assert found.variance_above.mean() < 0.7 * closed.variance_above.mean()


def test_units_far_from_the_kink_have_little_bias_and_those_without_deviation_are_left_out() -> None:
    weight, inputs = np.array([[1.0, 1.0]]), from_exact(np.array([[1.0, 1.0], [0.0, 0.0]]))
    for z in (20.0, -20.0):
        found = bounds_for(weight, inputs, from_exact(np.array([[z], [0.0]])), Fraction(1, 2))
        assert found.bias.low[0, 0] == 0 and 0 < found.bias.high[0, 0] < 1e-3
        assert np.isinf(found.bias.high[1, 0]) and found.bias.low[1, 0] == 0
    assert found.variance_above[0, 0] < 0.01  # of 2 before the activation


@pytest.mark.parametrize("sign", [1, -1])
def test_far_from_the_kink_a_rare_value_beyond_it_counts(sign: int) -> None:
    """One in a hundred draws crosses the kink, half as far again as it is away: nearly the worst case."""
    weight, keep, z = np.array([[0.01 * sign]]), Fraction(1, 100), -2 / 3 * sign
    found = bounds_for(weight, from_exact(np.ones((1, 1))), from_exact(np.full((1, 1), z)), keep)
    bias, spread = exact_bias_and_variance(RELU, z, deviation([pruned_law(0.01 * sign, keep)], np.ones(1)))
    assert not bias > float(found.bias.high[0, 0]) and bias * 2 > float(found.bias.high[0, 0])
    assert not spread > float(found.variance_above[0, 0])
    assert sign < 0 or spread * 1.5 > float(found.variance_above[0, 0])


def test_parts_of_any_size_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    weight, inputs = weights("normal"), np.abs(weights("normal"))
    z = from_exact(inputs @ weight.T)
    whole = found_for(weight, from_exact(inputs), z, Fraction(3, 10))
    monkeypatch.setattr(two_valued_sums, "_PAIRS_AT_ONCE", 5)
    parts = found_for(weight, from_exact(inputs), z, Fraction(3, 10))
    assert np.allclose(whole.high, parts.high, rtol=1e-12) and np.allclose(whole.low, parts.low, rtol=1e-12)


def test_points_of_the_unit_circle_are_within_their_error() -> None:
    generator = np.random.default_rng(24)
    angles = np.concatenate([generator.uniform(-4096, 4096, 300), generator.normal(size=300), [0.0, np.pi, -np.pi]])
    for angle, point_found in zip(angles, two_valued_sums.unit_circle(angles), strict=True):
        exact = ball(float(angle))
        off = abs(exact.cos() - ball(float(point_found.real))) + abs(exact.sin() - ball(float(point_found.imag)))
        assert off < two_valued_sums.ANGLE_ERROR / 2


def test_the_constants_of_eta() -> None:
    """Its overshoot is at most the integral of the density's envelope 2 (3 W/8 pi) (4/(W x))^4 (x - B) from B on."""
    assert arb(32) / arb.pi() < module._OVERSHOOT_OF_ETA
    assert arb(5) ** 5 / arb(6) ** 6 < module._OVERSHOOT
    # The spline is the transform of the density with W = 1: compared at the frequencies by a fine sum.
    x = np.linspace(-4000, 4000, 4_000_001)
    density = 3 / (8 * np.pi) * np.sinc(x / 4 / np.pi) ** 4
    odd, count = np.arange(1, 2 * module.FREQUENCIES, 2), 2 * module.FREQUENCIES + 1
    for index in (0, 7, 12, 19):
        transform = (density * np.cos(odd[index] / count * x)).sum() * (x[1] - x[0])
        assert module._weights(1.0)[index] * odd[index] ** 2 == pytest.approx(transform, abs=1e-7)
        wider = (density * np.cos(1.5 * odd[index] / count * x)).sum() * (x[1] - x[0])
        assert module._weights(2 / 3)[index] * odd[index] ** 2 == pytest.approx(wider, abs=1e-7)


def test_three_times_the_narrow_less_twice_the_wide_stays_below_the_size() -> None:
    """E|y + eta| - |y| = E(|eta| - |y|)_+ on a grid of y, for the density with W = 1 and the one with W = 2/3."""
    x = np.linspace(0, 3000, 3_000_001)
    density = 2 * 3 / (8 * np.pi) * np.sinc(x / 4 / np.pi) ** 4 * (x[1] - x[0])
    density[0] /= 2
    for y in (0.0, 0.5, 2.0, 5.0, 12.0, 40.0):
        narrow, wide = ((density * np.maximum(scale * x - y, 0)).sum() for scale in (1.0, 1.5))
        assert 3 * narrow - 2 * wide <= 1e-6


def test_the_series_of_the_signed_square() -> None:
    """Of a number y that is not random: y |y| is met from above within the period, and exceeded beyond it."""
    count = module.FREQUENCIES
    wave = module._Wave(np.array([1.0]), np.array([0.5]))
    (period,), nothing = wave.period, np.zeros(1)

    def upper(y: float, off: float = 0.0) -> float:
        angles = 2 * np.pi / period * y * np.arange(1, 2 * count, 2)
        harmonics = two_valued_sums.Harmonics(np.exp(1j * angles)[:, None], 0.0, np.array([True]))
        return float(wave.mean_of_signed_square(harmonics, np.array([y]), nothing, nothing, np.array([off]))[0])

    inside = np.linspace(-period / 2, period / 2, 801)
    above = np.array([upper(y) - y * abs(y) for y in inside])
    left_out = 2 / np.pi**3 * period**2 / (16 * count**2)
    assert (above >= 0).all() and above.min() < left_out / 3 and above.max() < 1.8 * left_out
    for y in np.linspace(-3 * period, 3 * period, 601):
        assert y * abs(y) <= upper(y) + 2 * max(abs(y) - period / 2, 0) ** 2
    assert upper(0.3, off=0.1) - upper(0.3) >= 0.0999 * period
    assert Fraction(16, 729) < module._SQUARED_OVERSHOOT


def test_the_signed_squares_overshoot_counts() -> None:
    """With the room that the preactivation's radius leaves."""
    wave = module._Wave(np.array([1.0]), np.array([0.5]))
    harmonics = two_valued_sums.Harmonics(np.zeros((module.FREQUENCIES, 1), dtype=complex), 0.0, np.array([True]))
    nothing, sixth = np.zeros(1), np.array([3.0])
    at_rest, moved, blurred = (
        wave.mean_of_signed_square(harmonics, nothing, radius, moment, nothing)[0]
        for radius, moment in ((nothing, nothing), (nothing, sixth), (np.array([0.75]), sixth))
    )
    assert moved - at_rest >= 2 * 16 / 729 * 3 / 2.75**4 and blurred - at_rest >= 2 * 16 / 729 * 3 / 2.0**4
