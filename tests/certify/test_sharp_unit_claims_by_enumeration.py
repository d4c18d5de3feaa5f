"""Every claim about one unit by itself, the near-exact bias, and what later slopes leave out, against enumeration."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sharp_cases import RATIONAL, TRANSCENDENTAL, Case, random_case, theory_of
from sharp_enumeration import Number, Vector, at_most, big, phi, realizations
from test_sharp_enumeration import chunks

import boundcheck
from boundcheck.core.rung import Effort, Unit, UnitQuantity
from boundcheck.exact.ball_matrix import from_exact
from boundcheck.exact.interval_array import IntervalArray
from boundcheck.per_sample.block_samples import Setting
from boundcheck.per_sample.draw_moments import draw_moments
from boundcheck.per_sample.entry_units import Entries
from boundcheck.per_sample.layer_samples import LayerSamples, layer_samples
from boundcheck.per_sample.perturbation import Moments
from boundcheck.per_sample.slopes import Slopes
from boundcheck.per_sample.unit_bounds import bias_and_variance
from boundcheck.per_sample.unit_claims import UnitClaims
from boundcheck.per_sample.unit_moments import UnitMoments, exact_counts_moments, unit_moments

SLACK = Fraction(1, 10**30)


def entry_cases(first: int, folder: Path) -> list[tuple[int, Case]]:
    """Of twenty seeds those whose entries are drawn in a bottleneck, with an activation that acts entry by entry."""
    found = [(seed, random_case(seed, folder)) for seed in range(first, first + 20)]
    return [(seed, case) for seed, case in found if case.role == "bottleneck" and case.draw.unit == Unit.ENTRIES]


@pytest.mark.parametrize("first", chunks(40, 300, 20))
def test_each_claim_alone_holds(first: int, tmp_path: Path) -> None:
    found = []
    for seed, case in entry_cases(first, tmp_path):
        found += [f"seed {seed}, {case.kind}, {case.layer.activation}: {problem}" for problem in problems(case)]
    assert not found


def problems(case: Case) -> list[str]:
    claims, activation = theory_of(case.kind).unit_claims, boundcheck.parse_activation(case.layer.activation)
    truth, found = unit_truth(case), []
    (samples,) = layer_samples(case.network, case.number, case.data)
    z, moments = samples.preactivations[0], moments_of(case, samples)
    for name, order in (("variance", 2), ("third", 3), ("fourth", 4), ("sixth", 6)):
        interval: IntervalArray | None = getattr(moments, name)
        if interval is not None:
            found += [
                f"{name}, {place}" for place, unit in truth.items() if not holds(interval, place, unit.moment(order))
            ]
    for effort in Effort:
        for claim in claims["bias"]:
            bounds = bias_and_variance({"bias": (claim,), "variance": ()}, activation, z, moments, effort)
            found += [
                f"{claim.use.claim}, {place}"
                for place, unit in truth.items()
                if not holds(bounds.bias, place, unit.bias)
            ]
        for claim in claims["variance"]:
            bounds = bias_and_variance({**claims, "variance": (claim,)}, activation, z, moments, effort)
            found += [
                f"{claim.use.claim}, {place}"
                for place, unit in truth.items()
                if not below(unit.variance, bounds.variance_above[place])
            ]
        units = Entries(Setting(case.network, case.number, case.drawn, claims, effort)).at(samples).perturbation
        assert units is not None
        for place, unit in truth.items():
            centre, radius = (big(Fraction(float(values[place]))) for values in (units.centre, units.radius))
            if abs(big(unit.bias) - centre) > radius * (1 + big(SLACK)):
                found.append(f"{effort}, bias at {place}")
            if not below(unit.variance, units.variance[place]):
                found.append(f"{effort}, variance at {place}")
            if units.fourth is not None and not below(unit.fourth, units.fourth[place]):
                found.append(f"{effort}, fourth moment at {place}")
    return found


class UnitTruth:
    """zeta's law at one sample and unit, and what the activation makes of it."""

    def __init__(self, activation: str, z: Number, law: dict[Number, Fraction]) -> None:
        self.activation, self.z, self.law = activation, z, law
        deltas = [(_difference(phi(activation, z + zeta), phi(activation, z)), p) for zeta, p in law.items()]
        self.bias = sum(_times(p, delta) for delta, p in deltas)
        self.variance = sum(_times(p, (delta - self.bias) ** 2) for delta, p in deltas)
        self.fourth = sum(_times(p, (delta - self.bias) ** 4) for delta, p in deltas)

    def moment(self, order: int) -> Number:
        return sum(_times(p, zeta**order) for zeta, p in self.law.items())

    def remainder(self, slope: float, shift: Fraction) -> Number:
        """E (phi(z + D) - phi(z) - slope D)^2 with D = zeta + shift."""
        start, exact = phi(self.activation, self.z), Fraction(slope)
        total: Number = 0
        for zeta, p in self.law.items():
            change = zeta + (shift if isinstance(zeta, Fraction) else big(shift))
            linear = exact * change if isinstance(change, Fraction) else big(exact) * change
            left = _difference(_difference(phi(self.activation, self.z + change), start), linear)
            total += _times(p, left**2)
        return total


def _difference(a: Number, b: Number) -> Number:
    return a - b if isinstance(a, Fraction) and isinstance(b, Fraction) else big(a) - big(b)


def _times(share: Fraction, value: Number) -> Number:
    return share * value if isinstance(value, Fraction) else big(share) * value


def unit_truth(case: Case) -> dict[tuple[int, int], UnitTruth]:
    """By sample and unit."""
    inputs = case.tiny.states(case.number)
    dense: list[Vector] = [case.layer.preactivation(x) for x in inputs]
    laws: dict[tuple[int, int], dict[Number, Fraction]] = {}
    for realization in realizations(case.layer, case.draw, inputs):
        for sample, z in enumerate(realization.preactivations):
            for unit, value in enumerate(z):
                law = laws.setdefault((sample, unit), {})
                zeta = value - dense[sample][unit]
                law[zeta] = law.get(zeta, Fraction(0)) + realization.probability
    return {place: UnitTruth(case.layer.activation, dense[place[0]][place[1]], law) for place, law in laws.items()}


def moments_of(case: Case, samples: LayerSamples) -> UnitMoments:
    assert case.network.weights is not None
    weight = case.network.weights[case.number - 1]
    if case.draw.kept is not None:
        return exact_counts_moments(samples.inputs, weight, case.draw.kept)
    parameters: dict[UnitQuantity, int | Fraction] = (
        {UnitQuantity.LEVELS: case.draw.levels}
        if case.draw.levels is not None
        else {UnitQuantity.BERNOULLI: case.draw.p or Fraction(1)}
    )
    claims: UnitClaims = theory_of(case.kind).unit_claims
    return unit_moments(samples.inputs, draw_moments(claims, weight, parameters))


def holds(interval: IntervalArray, place: tuple[int, int], value: Number) -> bool:
    low, high = float(interval.low[place]), float(interval.high[place])
    size = abs(big(value)) * big(SLACK)
    return bool(
        (np.isinf(low) or big(Fraction(low)) - size <= big(value))
        and (np.isinf(high) or big(value) - size <= big(Fraction(high)))
    )


def below(value: Number, bound: float) -> bool:
    return bool(np.isinf(bound)) or at_most(value, Fraction(float(bound)), lambda: SLACK)


@pytest.mark.parametrize("first", chunks(40, 300, 20))
def test_what_the_slopes_leave_out(first: int, tmp_path: Path) -> None:
    """A change of any size, shifted too: both moments are those of the law, so that the bounds are near the truth."""
    found = []
    for seed, case in entry_cases(first, tmp_path):
        rng = random.Random(seed)
        truth = unit_truth(case)
        shift = Fraction(rng.choice([0, 0, 1, -3, 100]), rng.choice([1, 7, 64]))
        (samples,) = layer_samples(case.network, case.number, case.data)
        z = samples.preactivations[0]
        second, fourth = (np.zeros(z.mid.shape) for _ in range(2))
        for place, unit in truth.items():
            second[place], fourth[place] = (_moment_above(unit, shift, order) for order in (2, 4))
        for known in (Moments(second, fourth), Moments(second, None)):
            slope, left_out = Slopes(case.network, theory_of(case.kind).unit_claims).chosen(case.number, z, known)
            found += [
                f"seed {seed}, {case.layer.activation}, {place}: {left_out[place]}"
                for place, unit in truth.items()
                if not below(unit.remainder(float(slope[place]), shift), left_out[place])
            ]
    assert not found


def _moment_above(unit: UnitTruth, shift: Fraction, order: int) -> float:
    value = sum(
        _times(p, (zeta + (shift if isinstance(zeta, Fraction) else big(shift))) ** order)
        for zeta, p in unit.law.items()
    )
    return float(np.nextafter(float(big(value)), np.inf)) if value else 0.0


@pytest.mark.parametrize("name", sorted({*RATIONAL, *TRANSCENDENTAL} - {"identity"}))
def test_laws_that_reach_the_bounds(name: str) -> None:
    """One input, kept or not, at preactivations on and around the kink: there the claims have the least room."""
    activation = boundcheck.parse_activation(name)
    claims = theory_of("pruned").unit_claims
    for p in (Fraction(1, 1000), Fraction(1, 2), Fraction(999, 1000)):
        for weight in (1e-8, 0.5, 30.0):
            z = np.array([[0.0, 1e-9, weight, -weight, weight / 2, -3.0, 7.0]])
            draw = draw_moments(claims, np.full((z.size, 1), weight), {UnitQuantity.BERNOULLI: p})
            moments = unit_moments(from_exact(np.array([[1.0]])), draw)
            w = Fraction(weight)
            law: dict[Number, Fraction] = {w / p - w: p, -w: 1 - p}
            units = [UnitTruth(name, Fraction(float(at)), law) for at in z[0]]
            for effort in (Effort.PLAIN, Effort.TIGHT):
                bounds = bias_and_variance(claims, activation, from_exact(z), moments, effort)
                for number, unit in enumerate(units):
                    assert holds(bounds.bias, (0, number), unit.bias), (p, weight, z[0, number], effort)
                    assert below(unit.variance, bounds.variance_above[0, number]), (p, weight, z[0, number], effort)
