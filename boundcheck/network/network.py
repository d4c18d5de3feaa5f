"""A network as the theorems see it: layers with proved constants, the input radius, and where all of it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, upper_end
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.activation import Activation

# Far beyond any network, and small enough for every count of entries to be exact wherever floats look ahead.
LARGEST_WIDTH = 10**12


@dataclass(frozen=True)
class Layer:
    """Layer l of (1): phi_l(W_l z), W_l of shape n_out x n_in (the paper's n_{l+1} x n_l).

    operator_norm, largest_entry: enclosures of ||W_l|| and ||W_l||_inf, of which only the upper ends are proved bounds;
    bounds that were stated are exact fractions.
    activation: None if not stated; assumptions (7)-(9) then count as assumed.
    """

    name: str
    n_in: int
    n_out: int
    operator_norm: Fraction | arb
    largest_entry: Fraction | arb
    activation: Activation | None
    has_bias: bool


@dataclass(frozen=True)
class Origin:
    """Where the constants come from. ``dtype`` is the file's; ``sha256`` is the file's content.

    probability: with which the constants hold, 1 if certain, None if unknown.
    illustrative: typical values rather than bounds, which never give HOLDS.
    mean_square_gain: for random weights, a bound on their mean of ||Phi(x)||^2 / ||x||^2 at any x, for activations with
    Lipschitz constants 1; None otherwise.
    """

    kind: Literal["widths", "law", "checkpoint"]
    description: str
    path: str | None
    sha256: str | None
    dtype: str | None
    probability: Fraction | None
    illustrative: bool
    mean_square_gain: Fraction | None = None


@dataclass(frozen=True)
class Network:
    """The layers in order, ``input_radius`` bounding ||x||_2, and the constants c_1 and c_2 of (10) and (11).

    c_1 and c_2 hold for the network on the unit ball: an input radius above 1 counts as folded into W_1, while
    ``layers`` and ``weights`` stay as they were given.
    """

    layers: tuple[Layer, ...]
    input_radius: arb
    c_1: Fraction | arb
    c_2: Fraction | arb
    origin: Origin
    weights: tuple[Matrix, ...] | None
    biases: tuple[Matrix | None, ...] | None

    @property
    def depth(self) -> int:
        """The number of layers, m."""
        return len(self.layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """n_1, ..., n_{m+1}: the input width, then every layer's output width."""
        return (self.layers[0].n_in, *(layer.n_out for layer in self.layers))


def with_input_radius(network: Network, radius: arb) -> Network:
    """The same function with ||x||_2 <= radius: a radius above 1 is folded into W_1, which only changes c_1 and c_2."""
    if not (radius.is_finite() and upper_end(radius) > 0):
        raise InputError(f"input radius={radius.str(5, radius=False)} must be positive and finite; check the data")
    if upper_end(radius) <= 1 and upper_end(network.input_radius) <= 1:
        return replace(network, input_radius=radius)
    c_1, c_2 = smallest_constants(network.layers, radius)
    return replace(network, input_radius=radius, c_1=c_1, c_2=c_2)


def smallest_constants(layers: Sequence[Layer], radius: arb) -> tuple[arb, arb]:
    """Enclose the least c_1 and c_2 of (10) and (11) once max(1, radius) is folded into W_1.

    c_1 = max_l ||W_l|| and c_2 = max_l ||W_l||_inf sqrt(max(n_l, n_{l+1})).
    """
    c_1, c_2 = ball(0), ball(0)
    for number, layer in enumerate(layers, 1):
        factor = radius.max(ball(1)) if number == 1 else ball(1)
        c_1 = c_1.max(factor * ball(layer.operator_norm))
        c_2 = c_2.max(factor * ball(layer.largest_entry) * ball(max(layer.n_in, layer.n_out)).sqrt())
    return c_1, c_2


def check_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """The widths n_1, ..., n_{m+1} as a tuple; InputError unless there are at least two, all positive integers."""
    written = ",".join(str(width) for width in widths)
    if len(widths) < 2:
        raise InputError(
            f"widths={written or 'nothing'}: expected at least two, the input's and one layer's; "
            "write for example 64,1000,10"
        )
    for place, width in enumerate(widths, 1):
        if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= LARGEST_WIDTH:
            raise InputError(
                f"widths={written}: width {place} is {width}, expected an integer from 1 to 10^12; "
                "write for example 64,1000,10"
            )
    return tuple(widths)


def activations_of_layers(
    depth: int, hidden: Activation | None, output: Activation | None
) -> tuple[Activation | None, ...]:
    """The hidden layers' activation ``depth - 1`` times, then the output layer's."""
    return (*([hidden] * (depth - 1)), output)
