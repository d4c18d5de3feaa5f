"""A theorem's target xi and the error it claims there, in both directions."""

import math
from fractions import Fraction

from boundcheck.core.rung import Quantity
from boundcheck.exact.ball import Number, ball

from .scaling import ScaledNetwork, round_down, round_up
from .theory import Theory

# xi lies in (0, 1): a larger target is met by the largest xi considered.
LARGEST_XI = Fraction(999_999, 1_000_000)
SMALLEST_XI, RESOLUTION = Fraction(1, 10**30), Fraction(1, 10**13)


def network_constants(network: ScaledNetwork) -> dict[Quantity, Number]:
    """What the theorem's own constants are bound to, whatever the layer."""
    constants: dict[Quantity, Number] = {
        Quantity.C_1: network.c_1,
        Quantity.C_2: network.c_2,
        Quantity.DEPTH: network.depth,
    }
    if network.kernel is not None:
        constants |= {Quantity.KERNEL: network.kernel, Quantity.MAP: math.isqrt(network.layers[0].block)}
    return constants


def claimed_error(theory: Theory, network: ScaledNetwork, xi: Fraction) -> Fraction:
    """The theorem's error at xi in the original scale, rounded up: a bound that holds."""
    return round_up(_error(theory, network, xi))


def acceptable_error(theory: Theory, network: ScaledNetwork, xi: Fraction) -> Fraction:
    """The same, rounded down: a target that is asked for."""
    return round_down(_error(theory, network, xi))


def _error(theory: Theory, network: ScaledNetwork, xi: Fraction) -> Number:
    bound = theory.roles["network"]
    value = bound.right_side(bound.use.error_claim, {**network_constants(network), Quantity.XI: xi})
    return ball(value) * ball(network.error_scale)


def xi_for_error(theory: Theory, network: ScaledNetwork, error: Fraction) -> Fraction | None:
    """The largest xi (about twelve digits, rounded down) whose claimed error is at most the given one.

    None if the error is not positive, or so small that no xi above 10^-30 comes below it.
    """
    low, high = Fraction(0), LARGEST_XI
    if claimed_error(theory, network, high) <= error:
        return high
    while high - low > low * RESOLUTION and high > SMALLEST_XI:
        middle = (low + high) / 2
        low, high = (middle, high) if claimed_error(theory, network, middle) <= error else (low, middle)
    if low <= SMALLEST_XI:
        return None
    unit = Fraction(10) ** (math.floor(math.log10(low)) - 11)
    return unit * math.floor(low / unit)
