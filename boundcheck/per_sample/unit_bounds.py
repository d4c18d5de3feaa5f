"""The bias and the variance of every unit at every sample: the best of all claims that apply."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from boundcheck.core.errors import InputError, LibraryError
from boundcheck.core.rung import Effort, UnitQuantity
from boundcheck.exact.ball import lower_float, upper_float
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.enclose_array import enclose_array
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import IntervalArray, from_balls
from boundcheck.network.activation import Activation
from boundcheck.network.activation_slopes import slopes_of
from boundcheck.network.derivative_enclosure import enclose_second_derivative, enclose_slope
from boundcheck.per_sample.unit_claims import UnitClaim, UnitClaims
from boundcheck.per_sample.unit_moments import UnitMoments

Facts = Mapping[UnitQuantity, IntervalArray]
"""What is known of every unit at every sample; what is not known is missing."""


@dataclass(frozen=True)
class UnitBounds:
    """Of every unit at every sample: its bias E phi(z + zeta) - phi(z), and an upper bound of its variance."""

    bias: IntervalArray
    variance_above: NDArray[np.float64]


def bias_and_variance(
    claims: UnitClaims,
    activation: Activation,
    z: BallMatrix,
    moments: UnitMoments,
    effort: Effort,
    known: UnitBounds | None = None,
) -> UnitBounds:
    """All claims on "bias" together, then the least of those on "variance"; ``known`` is what else is known of them.

    z: preactivations, of shape (samples, units). Claims that need more effort, or facts that the activation or the
    moments do not have, are passed over.

    Raises:
        InputError: the activation does not act entry by entry.
    """
    facts = unit_facts(activation, z, moments, effort)
    whole = IntervalArray(np.full(z.mid.shape, -np.inf), np.full(z.mid.shape, np.inf))
    found = whole if known is None else known.bias
    for claim in _applying(claims["bias"], facts, effort):
        found = found.intersect(_where(claim, facts))
    if UnitQuantity.LEAK in facts:  # convex
        below = np.maximum(found.low, 0.0)
        facts = {**facts, UnitQuantity.BIAS_BELOW: IntervalArray(below, below)}
    variance = least_upper_bound(claims["variance"], facts, effort, z.mid.shape)
    return UnitBounds(found, variance if known is None else np.minimum(variance, known.variance_above))


def unit_facts(activation: Activation, z: BallMatrix, moments: UnitMoments, effort: Effort) -> Facts:
    """Everything that claims of this effort may ask for; facts that are missing or infinite are left out."""
    if not activation.entrywise:
        raise InputError(
            f"activation={activation.name}: it does not act entry by entry; its units cannot be told apart"
        )
    slopes = slopes_of(activation)
    constants = {
        UnitQuantity.LIPSCHITZ: activation.lipschitz,
        UnitQuantity.CURVATURE: slopes.lipschitz,
        UnitQuantity.THIRD_DERIVATIVE: slopes.third_derivative,
        UnitQuantity.SLOPE_RANGE: slopes.half_range,
        UnitQuantity.LEAK: slopes.kink,
    }
    finite = {q: _number(value) for q, value in constants.items() if value is not None and not value.is_infinite}
    arrays = {
        UnitQuantity.PREACTIVATION: from_balls(z),
        UnitQuantity.VARIANCE: moments.variance,
        UnitQuantity.THIRD_MOMENT: moments.third,
        UnitQuantity.FOURTH_MOMENT: moments.fourth,
        UnitQuantity.SIXTH_MOMENT: moments.sixth,
    }
    if effort is not Effort.PLAIN and UnitQuantity.CURVATURE in finite:
        arrays[UnitQuantity.SLOPE] = enclose_slope(activation, z)
        arrays[UnitQuantity.SECOND_DERIVATIVE] = enclose_second_derivative(activation, z)
    return {**finite, **{quantity: array for quantity, array in arrays.items() if array is not None}}


def least_upper_bound(
    claims: tuple[UnitClaim, ...], facts: Facts, effort: Effort, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """The least right side of all claims b <= r that apply, entry by entry; inf where there is none."""
    least = np.full(shape, np.inf)
    for claim in _applying(claims, facts, effort):
        relation = claim.relation
        if not isinstance(relation, sympy.Le) or relation.lhs != claim.use.bounded:
            raise _unreadable(claim)
        np.minimum(least, np.maximum(_right_side(claim, relation.rhs, facts).high, 0.0), out=least)
    return least


def _applying(claims: tuple[UnitClaim, ...], facts: Facts, effort: Effort) -> Iterator[UnitClaim]:
    """Claims of at most this effort whose quantities are all known.

    A claim whose formula has no symbol but the bounded one still speaks of certain activations only: those that have
    everything which its use binds.
    """
    order = list(Effort)
    for claim in claims:
        symbols = claim.relation.free_symbols - claim.use.bounded.free_symbols
        needed = {claim.binding[symbol] for symbol in symbols} if symbols else set(claim.binding.values())
        if order.index(claim.use.effort) <= order.index(effort) and needed <= facts.keys():
            yield claim


def _where(claim: UnitClaim, facts: Facts) -> IntervalArray:
    """What Le(b, r), Ge(b, r), Le(|b|, r) or Le(|b - c|, r) leaves of the bounded quantity b."""
    relation, bounded = claim.relation, claim.use.bounded
    if bounded in relation.rhs.free_symbols:
        raise _unreadable(claim)
    right = _right_side(claim, relation.rhs, facts)
    nothing = np.full(right.shape, np.inf)
    if relation.lhs == bounded and isinstance(relation, sympy.Ge):
        return IntervalArray(right.low, nothing)
    if relation.lhs == bounded and isinstance(relation, sympy.Le):
        return IntervalArray(-nothing, right.high)
    if not (isinstance(relation, sympy.Le) and isinstance(relation.lhs, sympy.Abs)):
        raise _unreadable(claim)
    inside = sympy.expand(relation.lhs.args[0])
    sign = inside.coeff(bounded)
    centre = bounded - inside * sign
    if sign not in (1, -1) or bounded in sympy.expand(centre).free_symbols:
        raise _unreadable(claim)
    radius = np.maximum(right.high, 0.0)
    return _right_side(claim, sympy.expand(centre), facts) + IntervalArray(-radius, radius)


def _right_side(claim: UnitClaim, expression: sympy.Expr, facts: Facts) -> IntervalArray:
    return enclose_array(expression, {symbol: facts[claim.binding[symbol]] for symbol in expression.free_symbols})


def _number(exact: sympy.Expr) -> IntervalArray:
    enclosure = evaluate(exact, {})
    return IntervalArray(np.array(lower_float(enclosure)), np.array(upper_float(enclosure)))


def _unreadable(claim: UnitClaim) -> LibraryError:
    return LibraryError(
        f"{claim.use.statement}, claim={claim.use.claim}: {claim.relation}; expected {claim.use.bounded} <= r, >= r, "
        "or |it - c| <= r"
    )
