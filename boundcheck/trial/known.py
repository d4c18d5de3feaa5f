"""What a block's instance puts in for a statement's symbols: rational numbers, bounds rounded up as in certificates."""

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from boundcheck.certify.scaling import round_up
from boundcheck.core.experiment import Known, Observed
from boundcheck.core.rung import Quantity, Unit
from boundcheck.exact.ball import ball, lower_rational
from boundcheck.exact.ball_matrix import Matrix, row_norms
from boundcheck.exact.binomial import binomial_cdf
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.operator_norm import largest_entry, operator_norm

from .block_instance import DrawnBlock

ROUNDING = Fraction(1, 10**12)
"""Of what is computed in floats with a handful of roundings."""


def known(drawn: DrawnBlock) -> dict[Known, Fraction]:
    """Every quantity that the block and its draw determine. Those that bound something are rounded up."""
    block, draw = drawn.block, drawn.draw
    sigma = _norm(block.weight)
    rho, theta = (round_up(ball(_largest_norm(x))) for x in (block.inputs, block.compressed_inputs))
    found: dict[Known, Fraction] = {
        Quantity.N_IN: Fraction(block.weight.shape[1]),
        Quantity.N_OUT: Fraction(block.weight.shape[0]),
        Quantity.OPERATOR_NORM: sigma,
        Quantity.LARGEST_ENTRY: _largest(block.weight),
        Quantity.BLOCK_SIZE: Fraction(draw.block_size),
        Quantity.BLOCK_NORM: largest_block_norm(block.weight, draw.block_size),
        Quantity.COLUMN_NORM: _largest_column_norm(block.weight, draw.block_size),
        Quantity.ROW_NORM: _largest_column_norm(block.weight.T, 1),
        Quantity.BIAS_NORM: Fraction(0),
        Quantity.ERROR_IN: _mean_square(block.inputs - block.compressed_inputs),
        Quantity.ALPHA: draw.alpha,
        Observed.DENSE_INPUT_NORM: rho,
        Observed.COMPRESSED_INPUT_NORM: theta,
        Observed.MARKOV_FACTOR: draw.markov_factor,
        Observed.UNPROCESSED: Fraction(drawn.units - drawn.draws),
        **_activation_facts(drawn),
        **_law_facts(drawn),
    }
    radius = sigma * rho
    if block.outer is not None:
        sigma_next = _norm(block.outer)
        radius *= sigma_next
        found |= {
            Quantity.N_NEXT: Fraction(block.outer.shape[0]),
            Quantity.OPERATOR_NORM_NEXT: sigma_next,
            Quantity.LARGEST_ENTRY_NEXT: _largest(block.outer),
            Quantity.BLOCK_NORM_NEXT: largest_block_norm(block.outer, draw.block_size),
            Quantity.COLUMN_NORM_NEXT: _largest_column_norm(block.outer, draw.block_size),
        }
    found[Quantity.PROJECTION_RADIUS] = round_up(radius)
    if draw.levels is not None:
        found |= {Quantity.LEVELS: Fraction(draw.levels), Observed.LARGEST_WEIGHT: found[Quantity.LARGEST_ENTRY]}
    if draw.bernoulli is not None:
        found |= {Quantity.BERNOULLI: draw.bernoulli, Quantity.GAMMA: draw.gamma}
        epsilon = least_epsilon(drawn)
        if epsilon is not None:
            found[Quantity.EPSILON] = epsilon
    return found


def least_epsilon(drawn: DrawnBlock) -> Fraction | None:
    """The least epsilon in (0, 1), rounded up, with P(B > (1 + gamma) p T) <= epsilon/(1 + epsilon); None if none."""
    bernoulli, draws = drawn.draw.bernoulli, drawn.draws
    assert bernoulli is not None
    allowed = math.floor((1 + drawn.draw.gamma) * bernoulli * draws)
    below = lower_rational(binomial_cdf(allowed, draws, bernoulli))
    if below is None or below <= Fraction(1, 2):
        return None
    tail = 1 - below
    epsilon = max(round_up(tail / (1 - tail)), Fraction(1, 10**15))
    return epsilon if epsilon < 1 else None


def largest_block_norm(weight: Matrix, size: int) -> Fraction:
    """nu: the largest operator norm of a size x size block; with rest rows or columns left over, of those too."""
    if size == 1:
        return _largest(weight)
    rows, columns = (range(0, length, size) for length in weight.shape)
    return max(_norm(np.ascontiguousarray(weight[i : i + size, j : j + size])) for i in rows for j in columns)


def _largest_column_norm(weight: Matrix, size: int) -> Fraction:
    """The largest norm of a column, or of so many neighbouring columns together."""
    if size == 1:
        return round_up(ball(_largest_norm(np.ascontiguousarray(weight.T))))
    return max(_norm(np.ascontiguousarray(weight[:, j : j + size])) for j in range(0, weight.shape[1], size))


def _norm(weight: Matrix) -> Fraction:
    return round_up(operator_norm(weight))


def _largest(weight: Matrix) -> Fraction:
    return round_up(largest_entry(weight))


def _largest_norm(x: Matrix) -> float:
    return float(row_norms(x).max())


def _mean_square(differences: Matrix) -> Fraction:
    """E||x - x'||^2, rounded up; the differences themselves are off by half a unit in the last place."""
    total = math.fsum((differences * differences).ravel().tolist()) / len(differences)
    return round_up(Fraction(total) * (1 + ROUNDING))


def _activation_facts(drawn: DrawnBlock) -> Mapping[Known, Fraction]:
    """The worst of both activations' values at zero and Lipschitz constants; what is known of phi_1's slopes."""
    used = [phi for phi in (drawn.block.inner, drawn.block.last) if phi is not None]
    found: dict[Known, Fraction] = {
        Quantity.VALUE_AT_ZERO: Fraction(0) if all(phi.is_zero_at_zero for phi in used) else Fraction(1),
        Quantity.LIPSCHITZ: max(round_up(evaluate(phi.lipschitz, {})) for phi in used),
    }
    first = drawn.block.first_activation
    if not first.curvature.is_infinite:
        found[Quantity.CURVATURE] = round_up(evaluate(first.curvature, {}))
    if first.entrywise:
        slopes = round_up(evaluate(first.slope_range, {}))
        found[Quantity.SLOPE_RANGE] = slopes
        found[Quantity.SLOPE_RANGE_OF_MULTIPLES] = Fraction(0) if first.is_positively_homogeneous else slopes
    return found


def _law_facts(drawn: DrawnBlock) -> Mapping[Known, Fraction]:
    """Least tau_0, tau_1, tau, Delta and phi of the law. Delta and phi are taken entry by entry, as the proofs do."""
    law, is_entries = drawn.law, drawn.unit is Unit.ENTRIES
    undrawn = drawn.block.weight if is_entries else np.ones(drawn.units)
    scale = float(np.abs(drawn.block.weight).max()) if is_entries else 1.0
    if scale == 0:
        return dict.fromkeys(
            (Observed.DEVIATION_AT_ZERO, Observed.DEVIATION_ELSEWHERE, Observed.LARGEST_DEVIATION,
             Observed.SECOND_MOMENT, Observed.VARIANCE_FACTOR), Fraction(0)
        )  # fmt: skip
    low = np.where(law.probability < 1, np.abs(law.low - undrawn) / scale, 0)  # what never happens does not count
    high = np.where(law.probability > 0, np.abs(law.high - undrawn) / scale, 0)
    at_zero = np.maximum(np.where(law.low == 0, low, 0), np.where(law.high == 0, high, 0))
    elsewhere = np.maximum(np.where(law.low != 0, low, 0), np.where(law.high != 0, high, 0))
    of_zero = np.where(law.low == 0, 1 - law.probability, 0) + np.where(law.high == 0, law.probability, 0)
    second = at_zero**2 * of_zero + elsewhere**2 * (1 - of_zero)
    found = {
        Observed.DEVIATION_AT_ZERO: at_zero.max(),
        Observed.DEVIATION_ELSEWHERE: elsewhere.max(),
        Observed.LARGEST_DEVIATION: max(at_zero.max(), elsewhere.max()),
        Observed.SECOND_MOMENT: second.max(),
        Observed.VARIANCE_FACTOR: math.sqrt(law.variance.max()) / scale,
    }
    rounding = ROUNDING * max(1, drawn.draw.levels or 1)  # a step M/k is a difference, k times less exact than M
    return {name: round_up(Fraction(float(value)) * (1 + rounding)) for name, value in found.items()}
