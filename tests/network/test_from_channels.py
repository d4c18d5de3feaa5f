"""Convolutions from stated constants: Theorem 7's bounds (33) and (139), against kernels that attain them."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less_equal
from boundcheck.exact.circulant import convolution_norm, largest_block_norm
from boundcheck.network.activation import parse_activation
from boundcheck.network.from_channels import network_from_channels

TANH, IDENTITY = parse_activation("tanh"), parse_activation("identity")


def test_the_constants_give_theorem_7s_bounds() -> None:
    network = network_from_channels([3, 64, 10], 3, 32, Fraction(2), Fraction("2.5"), TANH, IDENTITY)
    assert network.widths == (3 * 1024, 64 * 1024, 10 * 1024) and network.kernel == 3
    assert [layer.activation for layer in network.layers] == [TANH, IDENTITY]
    for layer in network.layers:
        assert (layer.block, layer.kernel, layer.has_bias, layer.operator_norm) == (1024, 3, False, 2)
        assert (layer.largest_entry * 3 * 8).overlaps(ball(Fraction(5, 2)))
        assert (layer.block_norm * 8).overlaps(ball(Fraction(15, 2)))
    assert (network.c_1, network.c_2, network.weights, network.biases) == (2, Fraction(5, 2), None, None)
    assert (network.origin.kind, network.origin.probability, network.origin.illustrative) == ("widths", 1, False)
    assert network.origin.description == (
        "channels 3,64,10, kernels 3x3, maps 32x32 with c_1 = 2 and c_2 = 5/2 as stated"
    )


@pytest.mark.parametrize(("d_in", "d_out"), [(3, 4), (4, 2), (2, 2), (1, 1)])
@pytest.mark.parametrize("q", [1, 2, 3])
def test_equal_entries_attain_the_bounds(d_in: int, d_out: int, q: int) -> None:
    """Every entry c_2 / (q sqrt(max d)): a block has norm q^2 times that and the whole sqrt(d_in d_out) times more."""
    (layer,) = network_from_channels([d_in, d_out], q, 4, Fraction(10**6), Fraction(1)).layers
    entry = float(layer.largest_entry.mid())
    kernels = np.full((d_out, d_in, q, q), entry)
    slack = 1 + arb(1e-12)
    for bound, measured in (
        (layer.block_norm, largest_block_norm(kernels, 4)),
        (layer.operator_norm, convolution_norm(kernels, 4)),
    ):
        assert less_equal(measured, bound * slack) is Verdict.HOLDS
        assert less_equal(bound, measured * slack) is Verdict.HOLDS


def test_c_1_bounds_the_blocks_too() -> None:
    (layer,) = network_from_channels([2, 2], 3, 4, Fraction(1), Fraction(100)).layers
    assert (layer.operator_norm, layer.block_norm) == (1, 1)


@pytest.mark.parametrize(
    ("channels", "kernel", "side", "c_2", "message"),
    [
        (
            [3],
            3,
            8,
            1,
            "channels=3: expected at least two, the input's and one layer's; write for example 3,64,64",
        ),
        (
            [3, 0],
            3,
            8,
            1,
            "channels=3,0: channel 2 is 0, expected an integer from 1 to 10^12; write for example 3,64,64",
        ),
        ([3, 3], 0, 8, 1, "kernel=0: expected a positive integer, the side in pixels; give for example 3"),
        ([3, 3], 3, -8, 1, "map=-8: expected a positive integer, the side in pixels; give for example 3"),
        (
            [3, 3],
            9,
            8,
            1,
            "kernel=9: exceeds map=8, expected kernels no larger than the feature maps; give a smaller kernel or "
            "larger maps",
        ),
        (
            [3, 3],
            9,
            10**6,
            1,
            "map=1000000: 3 channels on such maps are more than 10^12 entries; give smaller maps",
        ),
        ([3, 3], 3, 8, 0, "c_2=0: expected a number > 0, as in (33); give a positive decimal or fraction"),
    ],
)
def test_bad_numbers_are_refused(channels: list[int], kernel: int, side: int, c_2: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        network_from_channels(channels, kernel, side, Fraction(1), Fraction(c_2))
    assert str(caught.value) == message
