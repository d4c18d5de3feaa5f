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
    block: how many neighbouring neurons are pruned together: 1, or r^2 in a convolution on r x r maps, whose n_in and
    n_out are channels times r^2 and whose largest entry is that of its kernels.
    block_norm: as operator_norm, the largest over the block x block blocks of W_l; None in a fully connected layer,
    where a block is one entry. kernel: the side q of a convolution's kernels; None in a fully connected layer.
    column_norm, row_norm: as operator_norm, the largest norm of a column and of a row; None where only the bounds on
    norm and entries are known. bias_norm: of the bias. output_at_zero: of phi_l(bias). Both None without weights.
    """

    name: str
    n_in: int
    n_out: int
    operator_norm: Fraction | arb
    largest_entry: Fraction | arb
    activation: Activation | None
    has_bias: bool
    block: int = 1
    block_norm: Fraction | arb | None = None
    kernel: int | None = None
    column_norm: Fraction | arb | None = None
    row_norm: Fraction | arb | None = None
    bias_norm: Fraction | arb | None = None
    output_at_zero: Fraction | arb | None = None

    @property
    def weight_count(self) -> int:
        """The number of weights, each of a convolution's once."""
        if self.kernel is None:
            return self.n_in * self.n_out
        return self.n_in // self.block * (self.n_out // self.block) * self.kernel**2


@dataclass(frozen=True)
class Origin:
    """Where the constants come from. ``dtype`` is the file's; ``sha256`` is the file's content.

    is_torch: whether the file is in torch's own format, which cannot be read without it.
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
    is_torch: bool = False


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

    @property
    def kernel(self) -> int | None:
        """The side q of the largest kernel, in which smaller ones lie, padded with zeros; None without convolutions."""
        return largest_kernel(self.layers)


def largest_kernel(layers: Sequence[Layer]) -> int | None:
    """The side of the largest kernel; None without convolutions."""
    return max((layer.kernel for layer in layers if layer.kernel is not None), default=None)


def entry_scale(n_in: int, n_out: int, block: int = 1, kernel: int | None = None) -> int:
    """c_2 over the root of this bounds an entry: max(n_l, n_{l+1}) in (11), q^2 max(d_l, d_{l+1}) in (33)."""
    return (kernel or 1) ** 2 * max(n_in, n_out) // block


def with_input_radius(network: Network, radius: arb) -> Network:
    """The same function with ||x||_2 <= radius: a radius above 1 is folded into W_1, which only changes c_1 and c_2."""
    if not (radius.is_finite() and upper_end(radius) > 0):
        raise InputError(f"input radius={radius.str(5, radius=False)} must be positive and finite; check the data")
    if upper_end(radius) <= 1 and upper_end(network.input_radius) <= 1:
        return replace(network, input_radius=radius)
    c_1, c_2 = smallest_constants(network.layers, radius)
    return replace(network, input_radius=radius, c_1=c_1, c_2=c_2)


def smallest_constants(layers: Sequence[Layer], radius: arb) -> tuple[arb, arb]:
    """Enclose the least c_1 and c_2 of (10) and (11), or (33), once max(1, radius) is folded into W_1.

    c_1 = max_l ||W_l|| and c_2 = max_l ||W_l||_inf sqrt(max(n_l, n_{l+1})), for convolutions
    max_l ||W_l||_inf q sqrt(max(d_l, d_{l+1})).
    """
    c_1, c_2, kernel = ball(0), ball(0), largest_kernel(layers)
    for number, layer in enumerate(layers, 1):
        factor = radius.max(ball(1)) if number == 1 else ball(1)
        c_1 = c_1.max(factor * ball(layer.operator_norm))
        scale = entry_scale(layer.n_in, layer.n_out, layer.block, kernel)
        c_2 = c_2.max(factor * ball(layer.largest_entry) * ball(scale).sqrt())
    return c_1, c_2


def check_widths(widths: Sequence[int], word: str = "widths", example: str = "64,1000,10") -> tuple[int, ...]:
    """The widths (or channels) as a tuple; InputError unless there are at least two, all positive integers."""
    written = ",".join(str(width) for width in widths)
    if len(widths) < 2:
        raise InputError(
            f"{word}={written or 'nothing'}: expected at least two, the input's and one layer's; "
            f"write for example {example}"
        )
    for place, width in enumerate(widths, 1):
        if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= LARGEST_WIDTH:
            raise InputError(
                f"{word}={written}: {word.removesuffix('s')} {place} is {width}, expected an integer from 1 to 10^12; "
                f"write for example {example}"
            )
    return tuple(widths)


def check_constants(c_1: Fraction, c_2: Fraction, entries: str = "(11)") -> None:
    """InputError unless both stated constants are positive; ``entries`` is the condition on entries that c_2 is of."""
    for name, constant, condition in (("c_1", c_1, "(10)"), ("c_2", c_2, entries)):
        if constant <= 0:
            raise InputError(
                f"{name}={constant}: expected a number > 0, as in {condition}; give a positive decimal or fraction"
            )


def activations_of_layers(
    depth: int, hidden: Activation | None, output: Activation | None
) -> tuple[Activation | None, ...]:
    """The hidden layers' activation ``depth - 1`` times, then the output layer's."""
    return (*([hidden] * (depth - 1)), output)
