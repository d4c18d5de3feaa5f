"""Networks from widths and from a law of the weights: their constants, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less_equal, upper_float
from boundcheck.network.activation import parse_activation
from boundcheck.network.from_law import network_from_law
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.network import with_input_radius

HALF = Fraction(1, 2)


def test_widths_give_the_constants_of_the_assumptions() -> None:
    tanh, identity = parse_activation("tanh"), parse_activation("identity")
    network = network_from_widths([64, 1000, 40, 10], Fraction(11, 2), Fraction("28.4"), tanh, identity)
    assert (network.depth, network.widths) == (3, (64, 1000, 40, 10))
    assert [(layer.n_in, layer.n_out) for layer in network.layers] == [(64, 1000), (1000, 40), (40, 10)]
    assert [layer.activation for layer in network.layers] == [tanh, tanh, identity]
    for layer, widest in zip(network.layers, [1000, 1000, 40], strict=True):
        assert layer.operator_norm == Fraction(11, 2)
        assert (layer.largest_entry * ball(widest).sqrt()).overlaps(ball(Fraction("28.4")))
        assert upper_float(layer.largest_entry) == pytest.approx(28.4 / widest**0.5, rel=1e-12)
        assert not layer.has_bias
    assert (network.input_radius, network.c_1) == (ball(1), Fraction(11, 2))
    assert (network.origin.kind, network.origin.probability, network.origin.illustrative) == ("widths", 1, False)
    assert network.weights is None and network.biases is None


def test_activations_that_are_not_stated_stay_open() -> None:
    layers = network_from_widths([4, 3, 2], Fraction(1), Fraction(1)).layers
    assert [layer.activation for layer in layers] == [None, None]


@pytest.mark.parametrize(
    ("widths", "c_1", "c_2", "message"),
    [
        ([], 1, 1, "widths=nothing: expected at least two, the input's and one layer's; write for example 64,1000,10"),
        ([64], 1, 1, "widths=64: expected at least two, the input's and one layer's; write for example 64,1000,10"),
        (
            [64, 0, 10],
            1,
            1,
            "widths=64,0,10: width 2 is 0, expected an integer from 1 to 10^12; write for example 64,1000,10",
        ),
        (
            [64, -5],
            1,
            1,
            "widths=64,-5: width 2 is -5, expected an integer from 1 to 10^12; write for example 64,1000,10",
        ),
        (
            [64, 2.5],
            1,
            1,
            "widths=64,2.5: width 2 is 2.5, expected an integer from 1 to 10^12; write for example 64,1000,10",
        ),
        ([6, 5], 0, 1, "c_1=0: expected a number > 0, as in (10); give a positive decimal or fraction"),
        ([6, 5], 1, -HALF, "c_2=-1/2: expected a number > 0, as in (11); give a positive decimal or fraction"),
    ],
)
def test_bad_widths_and_constants_are_refused(widths: list[int], c_1: int, c_2: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        network_from_widths(widths, Fraction(c_1), Fraction(c_2))
    assert str(caught.value) == message


def test_an_input_radius_above_one_is_folded_into_the_first_layer() -> None:
    network = network_from_widths([4, 9, 9], Fraction(2), Fraction(3))
    folded = with_input_radius(network, ball(5))
    assert folded.input_radius == 5 and folded.layers == network.layers
    assert folded.c_1.overlaps(ball(10)) and upper_float(folded.c_1) == pytest.approx(10)
    assert folded.c_2.overlaps(ball(15)) and upper_float(folded.c_2) == pytest.approx(15)
    inside = with_input_radius(network, ball(HALF))
    assert (inside.input_radius, inside.c_1, inside.c_2) == (ball(HALF), network.c_1, network.c_2)
    back = with_input_radius(folded, ball(HALF))
    assert upper_float(back.c_1) == 2 and upper_float(back.c_2) == pytest.approx(3)
    straddling = with_input_radius(network, ball(HALF).union(ball(2)))
    assert less_equal(4, ball(upper_float(straddling.c_1))) is Verdict.HOLDS


@pytest.mark.parametrize("radius", [ball(0), ball(-1), ball(float("inf")), ball(float("nan"))])
def test_an_impossible_input_radius_is_refused(radius: arb) -> None:
    network = network_from_widths([4, 9], Fraction(2), Fraction(3))
    with pytest.raises(InputError, match=r"^input radius=.+ must be positive and finite; check the data$"):
        with_input_radius(network, radius)


@pytest.mark.parametrize(("law", "squared"), [("glorot", 6 / (30 + 40)), ("kaiming", 6 / 30)])
def test_the_law_bounds_hold_for_drawn_weights_and_are_not_absurd(law: str, squared: float) -> None:
    network = network_from_law([30, 40, 5], law, Fraction(1, 1000))
    first = network.layers[0]
    assert upper_float(first.largest_entry) == pytest.approx(squared**0.5, rel=1e-12)
    generator = np.random.default_rng(1)
    norms = [np.linalg.norm(generator.uniform(-1, 1, (40, 30)) * squared**0.5, 2) for _ in range(200)]
    assert max(norms) < upper_float(first.operator_norm) < 6 * max(norms)
    assert upper_float(first.operator_norm) <= (squared * 30 * 40) ** 0.5 * (1 + 1e-12)
    assert upper_float(network.c_1) == max(upper_float(layer.operator_norm) for layer in network.layers)
    assert network.origin.probability == Fraction(999, 1000)
    assert not network.origin.illustrative


def test_the_norm_bound_solves_the_net_inequality() -> None:
    """9^(n + m) exp(-s^2 / (2 v)) = eta / depth at s = bound / 2, v = a^2 / 3: here n = m = 1000, depth 1."""
    bound = network_from_law([1000, 1000], "glorot", Fraction(1, 10**6)).layers[0].operator_norm
    v = ball(Fraction(6, 2000)) / 3
    failure = (2000 * ball(9).log() - (bound / 2) ** 2 / (2 * v)).exp()
    assert failure.overlaps(ball(Fraction(1, 10**6)))
    assert upper_float(failure) == pytest.approx(1e-6)


def test_the_failure_probability_is_shared_by_the_layers() -> None:
    alone = network_from_law([500, 500], "kaiming", Fraction(1, 100)).layers[0].operator_norm
    one_of_two = network_from_law([500, 500, 500], "kaiming", Fraction(2, 100)).layers[0].operator_norm
    assert alone.overlaps(one_of_two)


def test_a_constant_given_by_hand_makes_a_law_illustrative() -> None:
    network = network_from_law([64, 1000, 10], "glorot", None, c_1=Fraction(3, 2))
    assert network.origin.illustrative and network.origin.probability is None
    assert network.c_1 == ball(Fraction(3, 2))


@pytest.mark.parametrize(
    ("law", "failure", "c_1", "message"),
    [
        ("normal", HALF, None, "law=normal: not known; choose one of glorot, kaiming"),
        (
            "glorot",
            None,
            None,
            "law=glorot: give either a failure probability, for a proved c_1, or c_1, for a typical one",
        ),
        (
            "glorot",
            HALF,
            Fraction(1),
            "law=glorot: give either a failure probability, for a proved c_1, or c_1, for a typical one",
        ),
        (
            "glorot",
            Fraction(0),
            None,
            "failure probability=0: expected a number between 0 and 1; give for example 1e-6",
        ),
        (
            "glorot",
            Fraction(1),
            None,
            "failure probability=1: expected a number between 0 and 1; give for example 1e-6",
        ),
        (
            "kaiming",
            None,
            Fraction(-1),
            "c_1=-1: expected a number > 0, as in (10); give a positive decimal or fraction",
        ),
    ],
)
def test_bad_laws_are_refused(law: str, failure: Fraction | None, c_1: Fraction | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        network_from_law([8, 4], law, failure, c_1=c_1)
    assert str(caught.value) == message
