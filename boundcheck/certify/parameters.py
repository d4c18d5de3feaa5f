"""Chooses how to draw when pruning: keep probability, fraction processed, allowed excess, to meet a kept fraction.

With T = floor(alpha N) draws in a layer of N units (entries, columns, rows or filters), at most
t = T - (N - floor(keep N)) may come out nonzero. Floats only choose; what is chosen is exact, and the bound is
evaluated rigorously at it afterwards.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.rung import Quantity
from boundcheck.exact.ball import lower_rational
from boundcheck.exact.binomial import binomial_cdf

from .scaling import round_up

GRID = 25
# A kept fraction of 1 has no best keep probability below 1; this one is close enough.
LARGEST_BERNOULLI = 1 - 1e-6
# What the minimizer sees where the cost is infinite: it needs finite numbers.
WORST_COST = 1e300


@dataclass(frozen=True)
class PruningParameters:
    """alpha, bernoulli, gamma, epsilon of the statements: all exact rationals, common to the given layers."""

    alpha: Fraction
    bernoulli: Fraction
    gamma: Fraction
    epsilon: Fraction

    def quantities(self) -> dict[Quantity, Fraction]:
        """The values by quantity, as a rung binds them."""
        return {
            Quantity.ALPHA: self.alpha,
            Quantity.BERNOULLI: self.bernoulli,
            Quantity.GAMMA: self.gamma,
            Quantity.EPSILON: self.epsilon,
        }


@dataclass(frozen=True)
class Trial:
    """A choice on the way; its cost is the logarithm of what should be small."""

    alpha: Fraction
    bernoulli: float
    cost: float


Cost = Callable[[float, float, float], float]


def allowed_nonzero_draws(units: int, draws: int, keep: Fraction) -> int:
    """t: nonzero draws that keep at most floor(keep N) of the layer's N units nonzero; negative if impossible."""
    return draws - (units - math.floor(keep * units))


def choose_pruning(
    units: Sequence[int], keep: Fraction, cost: Cost, alpha: Fraction | None = None, bernoulli: Fraction | None = None
) -> PruningParameters | None:
    """The parameters of least cost that promise the kept fraction in every layer; None if there are none.

    units: N of each layer.
    cost(alpha, bernoulli, epsilon): logarithm of what to make small, inf where it is undefined.
    alpha, bernoulli: fixed by the user.
    """
    best: Trial | None = None
    smallest = min(units)
    candidates = [alpha] if alpha is not None else _alphas(smallest, keep)
    while candidates:
        trials = [_best_bernoulli(units, keep, cost, candidate, bernoulli) for candidate in candidates]
        found = min((trial for trial in trials if trial), key=lambda trial: trial.cost, default=None)
        if found is None or (best is not None and found.cost >= best.cost):
            break
        best = found
        candidates = [] if alpha is not None else _alphas_near(best.alpha, candidates, smallest)
    return None if best is None else _exact(units, keep, best, bernoulli)


def _alphas(units: int, keep: Fraction) -> list[Fraction]:
    """Fractions T/N, T from just above what must become zero to N - 1, dense at both ends."""
    least, most = max(2, units - math.floor(keep * units)), units - 1
    if least > most:
        return []
    if most - least <= 2 * GRID:
        return [Fraction(draws, units) for draws in range(least, most + 1)]
    span = most - least
    ends = {round(span ** (i / GRID)) for i in range(GRID + 1)}
    draws = {least, most} | {least + e for e in ends} | {most - e for e in ends}
    draws |= {least + span * i // GRID for i in range(GRID)}
    return [Fraction(number, units) for number in sorted(draws)]


def _alphas_near(best: Fraction, tried: Sequence[Fraction], units: int) -> list[Fraction]:
    """A finer grid between the neighbours of the best candidate so far."""
    ordered = sorted({int(candidate * units) for candidate in tried})
    place = ordered.index(int(best * units))
    below, above = ordered[max(0, place - 1)], ordered[min(len(ordered) - 1, place + 1)]
    if above - below <= 2:
        return []
    step = max(1, (above - below) // (GRID // 2))
    return [Fraction(number, units) for number in sorted({*range(below, above + 1, step), int(best * units)})]


def _best_bernoulli(
    units: Sequence[int], keep: Fraction, cost: Cost, alpha: Fraction, bernoulli: Fraction | None
) -> Trial | None:
    from scipy.optimize import minimize_scalar

    draws = [math.floor(alpha * number) for number in units]
    allowed = [allowed_nonzero_draws(number, count, keep) for number, count in zip(units, draws, strict=True)]
    if min(allowed) < 0 or min(draws) < 1:
        return None
    middle = [(t + 0.5) / count for t, count in zip(allowed, draws, strict=True)]

    def total(probability: float) -> float:
        gamma = min(middle) / probability - 1
        if not 0 < gamma < 1:
            return math.inf
        counts = [math.floor((1 + gamma) * probability * count + 1e-9) for count in draws]
        within = min(_binomial_cdf(t, count, probability) for t, count in zip(counts, draws, strict=True))
        return cost(float(alpha), probability, 1 / within - 1) if within > 0.5 else math.inf

    if bernoulli is not None:
        return _finite(Trial(alpha, float(bernoulli), total(float(bernoulli))))
    low, high = min(middle) / 2, min(min(middle), LARGEST_BERNOULLI)
    found = minimize_scalar(
        lambda x: min(total(float(x)), WORST_COST), bounds=(low, high), method="bounded", options={"xatol": high * 1e-5}
    )
    return _finite(Trial(alpha, float(found.x), total(float(found.x))))


def _binomial_cdf(threshold: int, draws: int, probability: float) -> float:
    """P(B <= threshold) in floats, for draws beyond what scipy's binomial functions take."""
    from scipy.special import betainc

    if threshold >= draws:
        return 1.0
    return float(betainc(float(draws - threshold), float(threshold + 1), 1 - probability))


def _finite(trial: Trial) -> Trial | None:
    return trial if math.isfinite(trial.cost) else None


def _exact(units: Sequence[int], keep: Fraction, trial: Trial, bernoulli: Fraction | None) -> PruningParameters | None:
    """Round the choice to short rationals and compute epsilon at the layers' own number of draws, rounded up."""
    probability = bernoulli if bernoulli is not None else Fraction(f"{trial.bernoulli:.6g}")
    draws = [math.floor(trial.alpha * number) for number in units]
    allowed = [allowed_nonzero_draws(number, count, keep) for number, count in zip(units, draws, strict=True)]
    middle = min(Fraction(2 * t + 1, 2 * count) for t, count in zip(allowed, draws, strict=True))
    # Enough digits that rounding gamma moves (1 + gamma) p T by less than 1/10 in every layer.
    digits = len(str(max(draws))) + 1
    gamma = max(round(middle / probability - 1, digits), Fraction(1, 10**digits))
    if gamma >= 1:
        return None
    thresholds = [math.floor((1 + gamma) * probability * count) for count in draws]
    if any(threshold > most for threshold, most in zip(thresholds, allowed, strict=True)):
        return None
    return PruningParameters(trial.alpha, probability, gamma, least_epsilon(draws, thresholds, probability))


def least_epsilon(draws: Sequence[int], thresholds: Sequence[int], probability: Fraction) -> Fraction:
    """Lemma 12's epsilon, 1/P(B <= t) - 1 at its largest over the layers, rounded up.

    Raises ArithmeticError if P cannot be bounded away from zero: what follows is unknown, not false.
    """
    epsilon = Fraction(0)
    for count, threshold in zip(draws, thresholds, strict=True):
        within = lower_rational(binomial_cdf(threshold, count, probability))
        if within is None or within <= 0:
            raise ArithmeticError(
                f"the binomial tail at draws={count}, bernoulli={float(probability):.3g} is not bounded"
            )
        # A little above 1/P - 1, so that the tail condition is decided.
        epsilon = max(epsilon, round_up((1 / within - 1) * Fraction(10**9 + 1, 10**9) + Fraction(1, 10**30), 10))
    return epsilon


def quantization_alpha(units: Sequence[int], unquantized: Fraction, alpha: Fraction | None) -> Fraction | None:
    """The least alpha that leaves at most this share unprocessed in every layer; None if alpha is fixed below it."""
    needed = max(Fraction(math.ceil((1 - unquantized) * number), number) for number in units)
    if alpha is None:
        return needed
    return alpha if all(math.floor(alpha * number) >= (1 - unquantized) * number for number in units) else None
