"""The nearly exact mean and variance of activations against enumeration and Monte Carlo, and the fits they rest on."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from claims_for_tests import PRUNED, QUANTIZED, deviation, exact_bias_and_variance, pruned_law, quantized_law

from boundcheck.core.rung import UnitQuantity
from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import Array
from boundcheck.network.activation import X, parse_activation
from boundcheck.per_sample import near_exact_moments as module
from boundcheck.per_sample import wave_fits
from boundcheck.per_sample.draw_moments import draw_moments
from boundcheck.per_sample.entry_laws import pruned_entries, quantized_entries
from boundcheck.per_sample.near_exact_moments import near_exact_moments
from boundcheck.per_sample.unit_bounds import UnitBounds
from boundcheck.per_sample.unit_moments import unit_moments
from boundcheck.per_sample.wave_fits import BAND, FREQUENCY, fit_activation

SMOOTH = ["tanh", "sigmoid", "gelu", "silu", "softplus", "softplus(5)", "sin", "elu"]
NAMES = [*SMOOTH, "elu(2)", "leaky_relu(2)"]


def bounds(name: str, weight: Array, inputs: BallMatrix, z: BallMatrix, keep: Fraction | None) -> UnitBounds:
    """Pruned, or quantized with two levels."""
    if keep is None:
        moments = unit_moments(inputs, draw_moments(QUANTIZED, weight, {UnitQuantity.LEVELS: 2}))
        return near_exact_moments(parse_activation(name), inputs, quantized_entries(weight, 2), z, moments)
    moments = unit_moments(inputs, draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: keep}))
    return near_exact_moments(parse_activation(name), inputs, pruned_entries(weight, keep), z, moments)


def weights(kind: str, scale: float) -> Array:
    generator = np.random.default_rng(21)
    if kind == "signs":  # V lives on a lattice, and its characteristic function returns to 1
        return np.sign(generator.normal(size=(4, 6))) * scale
    if kind == "one":  # a single input makes all of the deviation
        return generator.normal(size=(4, 6)) * np.array([5.0] + [0.01] * 5) * scale
    return generator.normal(size=(4, 6)) * scale


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("kind", "scale", "keep"),
    [
        ("normal", 0.03, Fraction(3, 10)),
        ("normal", 0.3, Fraction(3, 10)),
        ("normal", 0.3, None),
        ("signs", 0.5, Fraction(1, 2)),
        ("one", 0.02, Fraction(1, 20)),
        ("one", 0.002, Fraction(1, 1000)),  # the likely values are in the window, the least likely ones beyond it
        ("one", 1.0, Fraction(9, 10)),
    ],
)
def test_the_enumerated_bias_and_variance_are_within(name: str, kind: str, scale: float, keep: Fraction | None) -> None:
    weight, phi = weights(kind, scale), parse_activation(name)
    inputs = np.abs(weights("normal", 1.0)[:2]) if kind != "signs" else np.ones((2, 6))
    z = inputs @ weight.T + np.array([-1.5, 0.0, 0.4, 3.0])
    found = bounds(name, weight, from_exact(inputs), from_exact(z), keep)
    largest, known = float(np.abs(weight).max()), 0
    for sample, unit in np.ndindex(2, 4):
        if np.isinf(found.variance_above[sample, unit]):
            continue
        laws = [pruned_law(w, keep) if keep else quantized_law(w, largest, 2) for w in weight[unit]]
        bias, spread = exact_bias_and_variance(phi, float(z[sample, unit]), deviation(laws, inputs[sample]))
        low, high = float(found.bias.low[sample, unit]), float(found.bias.high[sample, unit])
        assert not (bias < low or bias > high), (sample, unit)
        assert not spread > float(found.variance_above[sample, unit]), (sample, unit)
        known += 1
    assert known == 8


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_mean_and_variance_of_wide_units_are_nearly_met(name: str, scale: float) -> None:
    generator, keep, phi = np.random.default_rng(22), Fraction(3, 10), parse_activation(name)
    weight, inputs = generator.normal(size=(6, 64)) * scale / 12, generator.normal(size=(4, 64))
    z = inputs @ weight.T
    found = bounds(name, weight, from_exact(inputs), from_exact(z), keep)
    kept = generator.random((15_000, *weight.shape)) < float(keep)
    reach = np.abs(z).max() + 60 * scale
    nodes = np.linspace(-reach, reach, 10_001)
    table = np.array([float(evaluate(phi.expression, {X: node}).mid()) for node in nodes])
    values = np.interp(np.einsum("duj,sj->dsu", np.where(kept, weight / float(keep), 0.0), inputs), nodes, table)
    values = values - np.interp(z, nodes, table)
    mean, variance = values.mean(axis=0), values.var(axis=0)
    error = 5 * np.sqrt(variance / len(values)) + 1e-6
    assert (found.bias.low <= mean + error).all() and (mean - error <= found.bias.high).all()
    assert (found.bias.high - found.bias.low < 0.02 * np.sqrt(variance) + 1e-6).all()
    assert (found.variance_above > 0.93 * variance).all()
    assert found.variance_above.sum() < 1.05 * variance.sum()


def assert_fits(name: str, half_width: float, count: int) -> None:
    """At random points inside, beside and far outside of three windows, in Arb."""
    phi, centres = parse_activation(name), half_width / 4 * np.array([0.0, 1.0, -9.0])
    fits = fit_activation(phi, centres, np.full(3, half_width), count)
    generator = np.random.default_rng(23)
    points = np.concatenate([generator.uniform(-1, 1, 60), generator.uniform(-5, 5, 60), [0.0, 1.0, -1.0, 12.5, -40.0]])
    for row, centre in enumerate(centres):
        for u in points:
            g = evaluate(phi.expression, {X: centre + half_width * u}) - ball(float(fits.offset[row]))
            beyond = max(abs(u) - BAND, 0.0) ** 6 * (1 + 1e-9)
            for fit, value in ((fits.value, g), (fits.square, g * g)):
                a, cosines, sines = np.split(fit.coefficients[row], [3, 3 + fit.count])
                total = ball(float(a[0])) + ball(float(a[1])) * ball(u) + ball(float(a[2])) * ball(u) * ball(u)
                for number in range(fit.count):
                    angle = (2 * number + 1) * ball(FREQUENCY) * ball(u)
                    total += ball(float(cosines[number])) * angle.cos() + ball(float(sines[number])) * angle.sin()
                assert not abs(value - total) > ball(float(fit.near[row])) + ball(float(fit.far[row])) * ball(beyond)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("half_width", "count"), [(0.125, 8), (1.5, 8), (8.0, 20)])
def test_fits_stay_within_their_bounds_on_the_whole_line(name: str, half_width: float, count: int) -> None:
    assert_fits(name, half_width, count)


@pytest.mark.parametrize("name", ["tanh", "gelu", "elu(2)"])
@pytest.mark.parametrize(("constant", "value"), [("_NODES_A_UNIT", 3), ("_NODES_A_UNIT", 8), ("REACH", 1.25)])
def test_fits_are_not_trusted_between_few_nodes_or_beyond_the_last(
    name: str, constant: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wave_fits, constant, value)
    monkeypatch.setattr(wave_fits, "_grid", wave_fits._grid.__wrapped__)
    assert_fits(name, 6.0, 20)


def test_the_nodes_errors_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the activation is known up to a hundredth only, so is the fit."""
    centre, half_width = np.array([0.0]), np.array([1.0])
    exact = fit_activation(parse_activation("tanh"), centre, half_width, 8)
    enclose = wave_fits.enclose_activation
    monkeypatch.setattr(
        wave_fits, "enclose_activation", lambda phi, z: BallMatrix(enclose(phi, z).mid, np.full(z.mid.shape, 0.01))
    )
    rough = fit_activation(parse_activation("tanh"), centre, half_width, 8)
    assert rough.value.near[0] >= exact.value.near[0] + 0.0099
    assert rough.square.near[0] >= exact.square.near[0] + 2 * 0.0099 * np.tanh(0.9)


def test_what_lies_beyond_the_windows_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """E zeta^6/R^6 is between 1/(1.5 1.9)^6 and 1/1.9^6, by the windows' grid."""
    weight, inputs = weights("normal", 0.3), from_exact(np.abs(weights("normal", 1.0)))
    z = from_exact(inputs.mid @ weight.T)
    exact = bounds("tanh", weight, inputs, z, Fraction(3, 10))
    fit = module.fit_activation

    def farther(*of: object) -> wave_fits.ActivationFits:
        fits = fit(*of)
        return replace(fits, value=replace(fits.value, far=fits.value.far + 1))

    monkeypatch.setattr(module, "fit_activation", farther)
    rough = bounds("tanh", weight, inputs, z, Fraction(3, 10))
    for raised in (rough.bias.high - exact.bias.high, exact.bias.low - rough.bias.low):
        assert (raised > 1 / 2.86**6).all() and (raised < 1 / 1.89**6).all()


def test_radii_of_inputs_and_preactivations_are_taken_in() -> None:
    weight, keep, generator = weights("normal", 0.3), Fraction(1, 2), np.random.default_rng(23)
    inputs = generator.normal(size=(3, 6))
    z, radius, phi = inputs @ weight.T, 0.01, parse_activation("tanh")
    wide = bounds(
        "tanh", weight, BallMatrix(inputs, np.full(inputs.shape, radius)), BallMatrix(z, np.full(z.shape, 0.002)), keep
    )
    known = 0
    for _ in range(3):
        shifted = inputs + generator.choice([-radius, radius], size=inputs.shape) * 0.999
        at = z + generator.choice([-0.002, 0.002], size=z.shape) * 0.999
        for sample, unit in np.ndindex(z.shape):
            law = deviation([pruned_law(w, keep) for w in weight[unit]], shifted[sample])
            bias, spread = exact_bias_and_variance(phi, float(at[sample, unit]), law)
            assert not (bias < float(wide.bias.low[sample, unit]) or bias > float(wide.bias.high[sample, unit]))
            assert not spread > float(wide.variance_above[sample, unit])
            known += bool(np.isfinite(wide.variance_above[sample, unit]))
    assert known > 18


def test_units_without_a_window_are_left_to_other_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    weight, inputs = np.array([[1.0, 1.0], [0.1, 0.1]]), from_exact(np.array([[1.0, 1.0], [0.0, 0.0]]))
    z = from_exact(np.array([[100.0, 0.0], [0.0, 0.0]]))
    found = bounds("tanh", weight, inputs, z, Fraction(1, 2))
    assert np.isinf(found.variance_above).tolist() == [[True, False], [True, True]]
    anywhere = BallMatrix(np.zeros((2, 2)), np.full((2, 2), 3.0))  # in no window for certain
    assert np.isinf(bounds("tanh", weight, inputs, anywhere, Fraction(1, 2)).variance_above).all()
    monkeypatch.setattr(module, "_MOST_WINDOWS", 0)
    assert np.isinf(bounds("tanh", weight, inputs, z, Fraction(1, 2)).variance_above).all()


def test_angles_out_of_reach_are_not_known() -> None:
    """A sum of a thousand that nearly never moves."""
    weight, inputs, keep = np.full((1, 1000), 0.1), from_exact(np.ones((1, 1000))), 1 - Fraction(1, 10**9)
    found = bounds("tanh", weight, inputs, from_exact(np.zeros((1, 1))), keep)
    assert np.isinf(found.variance_above).all() and np.isinf(found.bias.high).all()


def test_every_number_of_windows_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The windows of most units are kept."""
    weight, inputs = weights("normal", 0.3), from_exact(np.abs(weights("normal", 1.0)))
    z = from_exact(inputs.mid @ weight.T)
    whole = bounds("gelu", weight, inputs, z, Fraction(3, 10))
    monkeypatch.setattr(module, "_MOST_WINDOWS", 2)
    some = bounds("gelu", weight, inputs, z, Fraction(3, 10))
    kept = np.isfinite(some.variance_above)
    assert 2 <= kept.sum() < kept.size
    assert np.allclose(some.variance_above[kept], whole.variance_above[kept], rtol=1e-3)
    assert np.allclose(some.bias.low[kept], whole.bias.low[kept], atol=1e-4)
