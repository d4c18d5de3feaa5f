"""How what is known of a network's layers depends on the width of one, where only widths, c_1 and c_2 are given.

By (11) entries are at most c_2 over the root of the larger width, and operator norms at most c_1 and c_2 times the root
of the smaller one: from the widths before and behind on, those norms no longer depend on the width between.
"""

from collections.abc import Mapping
from fractions import Fraction

import sympy

from boundcheck.certify.block import layer_environment
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.core.rung import Quantity
from boundcheck.exact.evaluate import exact_value

from .stays import grows

Laws = Mapping[int, Mapping[Quantity, sympy.Expr]]
# Beyond rounding: what differs by more is taken to depend on the width.
SAME = Fraction(1, 10**12)
AS_SAID = Fraction(1, 10**9)


def width_laws(view: ScaledNetwork, layer: int) -> Laws:
    """By layer number, every quantity that depends on the output width of a layer, once ``grows`` is added to it."""
    width = sympy.Integer(view.layers[layer - 1].n_out) + grows
    c_2 = sympy.Rational(view.c_2.numerator, view.c_2.denominator)
    entry = c_2 / sympy.sqrt(width)
    front = {Quantity.N_OUT: width, Quantity.CHANNELS_OUT: width, Quantity.LARGEST_ENTRY: entry}
    front |= {Quantity.BLOCK_NORM: entry, Quantity.ROW_NORM: entry * sympy.sqrt(view.layers[layer - 1].n_in)}
    found = {layer: front}
    if layer > 1:
        before = {Quantity.N_NEXT: width, Quantity.CHANNELS_NEXT: width}
        found[layer - 1] = before | {Quantity.LARGEST_ENTRY_NEXT: entry, Quantity.BLOCK_NORM_NEXT: entry}
    if layer < view.depth:
        column = entry * sympy.sqrt(view.layers[layer].n_out)
        behind = {Quantity.N_IN: width, Quantity.CHANNELS_IN: width, Quantity.LARGEST_ENTRY: entry}
        found[layer + 1] = behind | {Quantity.BLOCK_NORM: entry, Quantity.COLUMN_NORM: column}
        next_norms = {Quantity.LARGEST_ENTRY_NEXT: entry, Quantity.BLOCK_NORM_NEXT: entry}
        found[layer] = front | next_norms | {Quantity.COLUMN_NORM_NEXT: column}
    return found


def laws_that_fit(laws: Laws, first: ScaledNetwork, later: ScaledNetwork, added: int) -> bool:
    """Whether the laws say what is known at the first width and at a larger one, and nothing else depends on it."""
    for at_first, at_later in zip(first.layers, later.layers, strict=True):
        known, then = layer_environment(first, at_first), layer_environment(later, at_later)
        said = laws.get(at_first.number, {})
        for quantity, value in known.items():
            later_value = then[quantity]
            if not isinstance(value, Fraction | int) or not isinstance(later_value, Fraction | int):
                return False
            if quantity in said:
                if not (_close(said[quantity], 0, value) and _close(said[quantity], added, later_value)):
                    return False
            elif abs(Fraction(value) - later_value) > SAME * abs(Fraction(later_value)):
                return False
    return True


def _close(law: sympy.Expr, number: int, real: int | Fraction) -> bool:
    value = exact_value(law.xreplace({grows: sympy.Integer(number)}), {})
    return bool(abs(float(value) - float(real)) <= float(AS_SAID) * abs(float(real)))
