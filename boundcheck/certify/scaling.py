"""Rescales a network so that the paper's constants 1 hold, and rounds its constants outward to short decimals.

An activation with Lipschitz constant L and curvature C is phi(t) = (L/c) psi(c t), where psi has Lipschitz constant 1
and curvature C/(L c). With L >= 1 absorbed into the next layer's weights and c = max(1, C/L) into its own, the
statements apply to psi as printed, and the function computed is the same. Draws commute with a scaling of the layer.
In the same way an input radius above 1 is folded into W_1.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, less_equal, lower_decimal, lower_rational, upper_decimal
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation
from boundcheck.network.network import Layer, Network, entry_scale

from .layer_norms import bias_norm, block_norm, column_norm, output_at_zero, row_norm

DIGITS = 15
STATED = {"widths": "assumed: stated, not measured", "law": "by the law of the weights"}


@dataclass(frozen=True)
class ScaledLayer:
    """One layer as the statements see it: norms are exact decimals, rounded up, and activation facts those of psi.

    activation None: not stated, so the facts are None and (7)-(9) assumed. curvature None with an activation: infinite.
    input_scale = (L/c of the layer before) c multiplies its weights; curvature_scale = c; output_scale = L/c.
    """

    number: int
    name: str
    n_in: int
    n_out: int
    operator_norm: Fraction
    largest_entry: Fraction
    block: int
    block_norm: Fraction
    column_norm: Fraction
    row_norm: Fraction
    bias_norm: Fraction
    output_at_zero: Fraction
    weight_count: int
    activation: str | None
    value_at_zero: Fraction | None
    lipschitz: Fraction | None
    curvature: Fraction | None
    slope_range: Fraction
    slope_range_of_multiples: Fraction
    input_scale: Fraction
    curvature_scale: Fraction
    output_scale: Fraction


@dataclass(frozen=True)
class ScaledNetwork:
    """Scaled layers, c_1 and c_2 for them, and the factor that takes their squared output error back to the original.

    kernel: the side q of the network's kernels; None without convolutions.
    stated: why (10) and (11) hold without being measured ("assumed: ..."), or None if they are to be checked.
    """

    layers: tuple[ScaledLayer, ...]
    c_1: Fraction
    c_2: Fraction
    input_norm: Fraction
    error_scale: Fraction
    stated: str | None
    kernel: int | None

    @property
    def depth(self) -> int:
        """Number of layers m."""
        return len(self.layers)


def round_up(number: Number, digits: int = DIGITS) -> Fraction:
    """The least decimal of so many digits that is not below; raises OverflowError if there is none."""
    text = upper_decimal(number, digits)
    if text is None:
        raise OverflowError("no finite upper bound")
    return Fraction(text)


def round_down(number: Number, digits: int = DIGITS) -> Fraction:
    """The greatest decimal of so many digits that is not above; raises OverflowError if there is none."""
    text = lower_decimal(number, digits)
    if text is None:
        raise OverflowError("no finite lower bound")
    return Fraction(text)


def scaled_network(network: Network, bottleneck: frozenset[int] = frozenset()) -> ScaledNetwork:
    """The network rescaled for compression of these bottleneck layers, whose activations' curvature counts."""
    layers: list[ScaledLayer] = []
    incoming = max(Fraction(1), round_up(network.input_radius))
    for number, layer in enumerate(network.layers, start=1):
        lipschitz, inner = _factors(layer.activation, number in bottleneck)
        factor = incoming * inner
        outgoing = lipschitz / inner
        layers.append(
            ScaledLayer(
                number=number,
                name=layer.name,
                n_in=layer.n_in,
                n_out=layer.n_out,
                operator_norm=round_up(round_up(layer.operator_norm) * factor),
                largest_entry=round_up(round_up(layer.largest_entry) * factor),
                block=layer.block,
                block_norm=round_up(round_up(block_norm(layer)) * factor),
                column_norm=round_up(round_up(column_norm(layer)) * factor),
                row_norm=round_up(round_up(row_norm(layer)) * factor),
                bias_norm=round_up(round_up(bias_norm(layer)) * inner),
                output_at_zero=round_up(round_up(output_at_zero(layer)) / outgoing),
                weight_count=layer.weight_count,
                activation=layer.activation.name if layer.activation else None,
                **_facts(layer, lipschitz, inner),
                input_scale=factor,
                curvature_scale=inner,
                output_scale=outgoing,
            )
        )
        incoming = outgoing
    as_given = all(item.input_scale == 1 for item in layers)
    stated = STATED.get(network.origin.kind) if as_given else None
    c_1, c_2 = _constants(network, layers, stated is not None)
    return ScaledNetwork(tuple(layers), c_1, c_2, Fraction(1), incoming**2, stated, network.kernel)


def _factors(activation: Activation | None, bottleneck: bool) -> tuple[Fraction, Fraction]:
    """(Lipschitz factor, inner scale), both at least 1."""
    if activation is None:
        return Fraction(1), Fraction(1)
    lipschitz = max(Fraction(1), round_up(evaluate(activation.lipschitz, {})))
    if not bottleneck or activation.curvature.is_infinite:
        return lipschitz, Fraction(1)
    curvature = round_up(evaluate(activation.curvature, {}))
    return lipschitz, max(Fraction(1), round_up(curvature / lipschitz))


def _facts(layer: Layer, lipschitz: Fraction, inner: Fraction) -> dict[str, Any]:
    """Facts of psi. A curvature of None with a known activation means that there is no finite one."""
    activation = layer.activation
    if activation is None:
        # Not stated: (8) and (9) then count as assumed, and slopes lie in [-1, 1].
        unknown = dict.fromkeys(("value_at_zero", "lipschitz", "curvature"))
        return unknown | dict.fromkeys(("slope_range", "slope_range_of_multiples"), Fraction(1))
    infinite = activation.curvature.is_infinite
    # Of what does not act entry by entry no unit can be a bottleneck's, and the range of slopes is not asked for.
    slopes = Fraction(1) if not activation.entrywise else round_up(evaluate(activation.slope_range, {})) / lipschitz
    return {
        "value_at_zero": _value_at_zero(activation, layer.n_out),
        "lipschitz": round_up(evaluate(activation.lipschitz, {})) / lipschitz,
        "curvature": None if infinite else round_up(evaluate(activation.curvature, {})) / (lipschitz * inner),
        "slope_range": slopes,
        "slope_range_of_multiples": Fraction(0) if activation.is_positively_homogeneous else slopes,
    }


def _value_at_zero(activation: Activation, width: int) -> Fraction:
    """Zero exactly if phi(0) = 0; otherwise a positive lower bound on its size (softmax: 1 / width)."""
    if activation.is_zero_at_zero:
        return Fraction(0)
    if activation.value_at_zero.has(sympy.nan):
        return Fraction(1, width)
    bound = lower_rational(abs(evaluate(activation.value_at_zero, {})))
    assert bound is not None and bound > 0
    return bound


def _constants(network: Network, layers: list[ScaledLayer], stated: bool) -> tuple[Fraction, Fraction]:
    """c_1 and c_2 of (10) and (11), or (33), for the scaled layers; as stated where nothing was rescaled."""
    if stated:
        return round_up(network.c_1), round_up(network.c_2)
    c_1 = max(layer.operator_norm for layer in layers)
    # A little above the maximum, so that (11) is decided in spite of its square root.
    scales = [entry_scale(layer.n_in, layer.n_out, layer.block, network.kernel) for layer in layers]
    scaled = [ball(layer.largest_entry) * ball(scale).sqrt() for layer, scale in zip(layers, scales, strict=True)]
    c_2 = max(round_up(value * (1 + ball(Fraction(1, 10**12))), 12) for value in scaled)
    assert all(less_equal(value, c_2) is Verdict.HOLDS for value in scaled)
    return c_1, c_2
