"""A network known by its widths and the constants c_1 and c_2 alone, as the theorems quantify over it."""

from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from boundcheck.exact.ball import ball
from boundcheck.network.activation import Activation
from boundcheck.network.network import (
    Layer,
    Network,
    Origin,
    activations_of_layers,
    check_constants,
    check_widths,
)


def network_from_widths(
    widths: Sequence[int],
    c_1: Fraction,
    c_2: Fraction,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
) -> Network:
    """Every network with these widths n_1, ..., n_{m+1} that meets (10) ||W_l|| <= c_1 and (11) with c_2.

    (11) bounds the operator norm too, by the Frobenius norm: c_2 sqrt(min(n_l, n_{l+1})); the smaller bound counts.

    The activations stay None where they are not stated. Raises InputError for fewer than two widths, a width that is
    not a positive integer, and c_1 or c_2 <= 0.
    """
    sizes = check_widths(widths)
    check_constants(c_1, c_2)
    activations = activations_of_layers(len(sizes) - 1, activation, output_activation)
    layers = tuple(
        Layer(
            f"layer {number}",
            n_in,
            n_out,
            smaller_bound(Fraction(c_1), Fraction(c_2), min(n_in, n_out)),
            ball(c_2) / ball(max(n_in, n_out)).sqrt(),
            phi,
            False,
        )
        for number, (n_in, n_out, phi) in enumerate(zip(sizes[:-1], sizes[1:], activations, strict=True), 1)
    )
    description = f"widths {','.join(map(str, sizes))} with c_1 = {c_1} and c_2 = {c_2} as stated"
    origin = Origin("widths", description, None, None, None, Fraction(1), illustrative=False)
    return Network(layers, ball(1), Fraction(c_1), Fraction(c_2), origin, None, None)


def smaller_bound(c_1: Fraction, c_2: Fraction, square: int | Fraction) -> Fraction | arb:
    """c_1, or c_2 sqrt(square) where that is less."""
    return c_1 if c_1**2 <= c_2**2 * square else ball(c_2) * ball(square).sqrt()
