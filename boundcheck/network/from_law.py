"""A network known by its widths and the law its weights are drawn from: constants that hold with a probability."""

from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.network.activation import Activation
from boundcheck.network.network import (
    Layer,
    Network,
    Origin,
    activations_of_layers,
    check_widths,
    smallest_constants,
)

LAWS = {
    "glorot": "entries uniform in +-sqrt(6 / (n_in + n_out)) (Glorot uniform, torch xavier_uniform_ with gain 1)",
    "kaiming": "entries uniform in +-sqrt(6 / n_in) (He uniform, torch kaiming_uniform_ with fan_in and gain sqrt(2); "
    "not torch.nn.Linear's own default, which is +-1/sqrt(n_in))",
}


def network_from_law(
    widths: Sequence[int],
    law: str,
    failure_probability: Fraction | None,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
    c_1: Fraction | None = None,
) -> Network:
    """Independent uniform weights: ||W_l||_inf is bounded almost surely, ||W_l|| except with ``failure_probability``.

    The failure probability is for all layers together. A ``c_1`` given by hand instead is a typical value, not a
    bound: the origin is then illustrative. Raises InputError for bad widths, an unknown law, and unless exactly one
    of failure_probability (in (0, 1)) and c_1 (> 0) is given.
    """
    sizes = check_widths(widths)
    if law not in LAWS:
        raise InputError(f"law={law}: not known; choose one of {', '.join(LAWS)}")
    if (failure_probability is None) == (c_1 is None):
        raise InputError(f"law={law}: give either a failure probability, for a proved c_1, or c_1, for a typical one")
    if failure_probability is not None and not 0 < failure_probability < 1:
        raise InputError(
            f"failure probability={failure_probability}: expected a number between 0 and 1; give for example 1e-6"
        )
    if c_1 is not None and c_1 <= 0:
        raise InputError(f"c_1={c_1}: expected a number > 0, as in (10); give a positive decimal or fraction")

    depth = len(sizes) - 1
    layers = []
    gain = Fraction(1)
    for number, phi in enumerate(activations_of_layers(depth, activation, output_activation), 1):
        n_in, n_out = sizes[number - 1], sizes[number]
        squared = Fraction(6, n_in + n_out) if law == "glorot" else Fraction(6, n_in)
        # E||W z||^2 = n_out (a^2/3) ||z||^2 for z that does not depend on W: layer by layer, from the input on.
        gain *= n_out * squared / 3
        if c_1 is not None:
            norm = ball(c_1)
        elif failure_probability is not None:
            norm = _operator_norm_bound(n_in, n_out, squared, failure_probability / depth)
        layers.append(Layer(f"layer {number}", n_in, n_out, norm, ball(squared).sqrt(), phi, False))
    least_c_1, c_2 = smallest_constants(layers, ball(1))
    return Network(
        tuple(layers), ball(1), least_c_1, c_2, _origin(sizes, law, failure_probability, c_1, gain), None, None
    )


def _operator_norm_bound(n_in: int, n_out: int, squared: Fraction, failure_probability: Fraction) -> arb:
    """Bound ||W|| for iid entries uniform in [-a, a], a^2 = ``squared``, except with the given probability.

    Such entries are sub-Gaussian with variance proxy v = a^2/3, their variance (Arbel, Marchal and Nguyen, On strict
    sub-Gaussianity, ESAIM: P&S 2020), hence so is y^T W x for fixed unit vectors x, y. By 1/4-nets of at most 9^n_in
    and 9^n_out points (Vershynin, High-Dimensional Probability, Corollary 4.2.13 and Lemma 4.4.1)
    P(||W|| > 2 s) <= 9^(n_in + n_out) exp(-s^2 / (2 v)); solve for s. Never more than a sqrt(n_in n_out), the almost
    sure bound by the Frobenius norm.
    """
    exponent = (n_in + n_out) * ball(9).log() - ball(failure_probability).log()
    by_nets = 2 * (2 * ball(squared / 3) * exponent).sqrt()
    return by_nets.min(ball(squared * n_in * n_out).sqrt())


def _origin(
    sizes: tuple[int, ...], law: str, failure_probability: Fraction | None, c_1: Fraction | None, gain: Fraction
) -> Origin:
    start = f"widths {','.join(map(str, sizes))}, {LAWS[law]}"
    if failure_probability is not None:
        description = f"{start}; the bounds hold except with probability {failure_probability}"
        return Origin("law", description, None, None, None, 1 - failure_probability, False, gain)
    description = f"{start}; c_1 = {c_1} is a typical value, not a bound"
    return Origin("law", description, None, None, None, None, True, gain)
