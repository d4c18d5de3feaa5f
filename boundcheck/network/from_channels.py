"""Convolutions known by their channels and the constants c_1 and c_2 alone, as Theorem 7 quantifies over them."""

from collections.abc import Sequence
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.network.activation import Activation
from boundcheck.network.from_widths import smaller_bound
from boundcheck.network.network import (
    LARGEST_WIDTH,
    Layer,
    Network,
    Origin,
    activations_of_layers,
    check_constants,
    check_widths,
    entry_scale,
)


def network_from_channels(
    channels: Sequence[int],
    kernel: int,
    map_side: int,
    c_1: Fraction,
    c_2: Fraction,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
) -> Network:
    """Every chain of q x q convolutions on r x r maps with channels d_1, ..., d_{m+1} that meets (10) and (33).

    By (33) and Lemma 14 a block's norm is at most q^2 ||W_l||_inf = c_2 q / sqrt(max(d_l, d_{l+1})), as in (139), and
    ||W_l|| is at most the Frobenius norm of all blocks' norms, c_2 q sqrt(min(d_l, d_{l+1})); c_1 where that is less.
    The activations stay None where they are not stated. Raises InputError for fewer than two numbers of channels, any
    that is not a positive integer, q > r, and c_1 or c_2 <= 0.
    """
    sizes = check_widths(channels, "channels", "3,64,64")
    _check_maps(max(sizes), kernel, map_side)
    check_constants(c_1, c_2, "(33)")
    layers, places = [], map_side**2
    for number, phi in enumerate(activations_of_layers(len(sizes) - 1, activation, output_activation), 1):
        d_in, d_out = sizes[number - 1], sizes[number]
        n_in, n_out = d_in * places, d_out * places
        norm = smaller_bound(Fraction(c_1), Fraction(c_2), kernel**2 * min(d_in, d_out))
        block_norm = smaller_bound(Fraction(c_1), Fraction(c_2), Fraction(kernel**2, max(d_in, d_out)))
        entry = ball(c_2) / ball(entry_scale(n_in, n_out, places, kernel)).sqrt()
        layers.append(Layer(f"layer {number}", n_in, n_out, norm, entry, phi, False, places, block_norm, kernel))
    description = (
        f"channels {','.join(map(str, sizes))}, kernels {kernel}x{kernel}, maps {map_side}x{map_side} "
        f"with c_1 = {c_1} and c_2 = {c_2} as stated"
    )
    origin = Origin("widths", description, None, None, None, Fraction(1), illustrative=False)
    return Network(tuple(layers), ball(1), Fraction(c_1), Fraction(c_2), origin, None, None)


def _check_maps(channels: int, kernel: int, map_side: int) -> None:
    """InputError unless q and r are positive integers with q <= r, and the largest layer is not beyond all networks."""
    for name, side in (("kernel", kernel), ("map", map_side)):
        if isinstance(side, bool) or not isinstance(side, int) or side < 1:
            raise InputError(f"{name}={side}: expected a positive integer, the side in pixels; give for example 3")
    if kernel > map_side:
        raise InputError(
            f"kernel={kernel}: exceeds map={map_side}, expected kernels no larger than the feature maps; "
            "give a smaller kernel or larger maps"
        )
    if channels * map_side**2 > LARGEST_WIDTH:
        raise InputError(
            f"map={map_side}: {channels} channels on such maps are more than 10^12 entries; give smaller maps"
        )
