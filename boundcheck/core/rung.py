"""Rungs as data: which statements a paper chains into a certificate, and what each symbol stands for there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sympy


class Mode(StrEnum):
    """What is replaced by zero or a scaled copy: single weights, neurons or filters; or weights by multiples of a step.

    Neurons and filters are pruned whole, which is structured pruning of fully connected layers and of convolutions.
    """

    PRUNE = "prune"
    QUANTIZE = "quantize"
    STRUCTURED = "structured"
    CONV = "conv"

    @property
    def prunes(self) -> bool:
        """Whether something becomes zero, so that a share is kept; else a share stays unquantized."""
        return self is not Mode.QUANTIZE


class Unit(StrEnum):
    """What one draw replaces, in the plural; columns and rows are those of the matrix, filters a convolution's."""

    ENTRIES = "entries"
    COLUMNS = "columns"
    ROWS = "rows"
    INPUT_FILTERS = "input filters"
    OUTPUT_FILTERS = "output filters"


class Quantity(StrEnum):
    """What a certificate can put in for a symbol of a statement, at one layer (or two-layer block) of a network."""

    LAYER = "layer number, from 1"
    DEPTH = "number of layers"
    N_IN = "width of the layer's input"
    N_OUT = "width of the layer's output"
    N_NEXT = "width of the next layer's output"
    OPERATOR_NORM = "bound on the layer's operator norm"
    OPERATOR_NORM_NEXT = "bound on the next layer's operator norm"
    LARGEST_ENTRY = "bound on the layer's largest absolute entry"
    LARGEST_ENTRY_NEXT = "bound on the next layer's largest absolute entry"
    BLOCK_SIZE = "how many neighbouring neurons are drawn together"
    BLOCK_NORM = "bound on the operator norm of the layer's blocks"
    BLOCK_NORM_NEXT = "bound on the operator norm of the next layer's blocks"
    CHANNELS_IN = "channels of the layer's input"
    CHANNELS_OUT = "channels of the layer's output"
    CHANNELS_NEXT = "channels of the next layer's output"
    KERNEL = "side of the network's kernels"
    MAP = "side of the network's feature maps"
    COLUMN_NORM = "bound on the largest norm of a column of the layer, or of a block of columns drawn together"
    COLUMN_NORM_NEXT = "the same of the next layer"
    ROW_NORM = "bound on the largest norm of a row of the layer"
    BIAS_NORM = "norm of the layer's bias"
    MEASURED_ERROR = "mean squared error behind the block, measured at the dense inputs"
    LARGEST_COLUMN_VARIANCE = "largest mean squared norm that the draw adds to the image of a unit vector"
    LIPSCHITZ_BEHIND = "Lipschitz constant of all layers behind the block"
    LINEARIZED_ERROR = "mean squared image of the block's error under the later layers' derivative"
    REMAINDER = "root mean square of what the derivative leaves out at the later activations"
    INPUT_NORM = "bound on the norm of the layer's input, dense and compressed"
    PROJECTION_RADIUS = "radius of the projection behind the layer or block"
    ERROR_IN = "mean squared distance between the dense and the compressed input of the layer"
    VALUE_AT_ZERO = "value of the activation at zero"
    LIPSCHITZ = "Lipschitz constant of the activation"
    CURVATURE = "supremum of the activation's second derivative"
    SLOPE_RANGE = "half the range of the activation's slopes"
    SLOPE_RANGE_OF_MULTIPLES = "the same, or zero where the activation of a nonnegative multiple is that multiple"
    C_1 = "largest operator norm of the network"
    C_2 = "largest scaled entry of the network"
    XI = "target xi of the theorem"
    BERNOULLI = "keep probability of one draw"
    ALPHA = "fraction of the units (entries, columns, rows, filters) processed"
    GAMMA = "relative excess of nonzero draws allowed"
    EPSILON = "factor of the passage from the mean to one realization, minus one"
    LEVELS = "quantization levels on each side of zero"
    LOSS = "loss of the dense network"
    ERROR = "certified mean squared distance between dense and compressed output"


class UnitQuantity(StrEnum):
    """What a certificate can put in at one unit (neuron) of a compressed layer and one sample.

    zeta is the unit's random deviation, the sum over its inputs of (draw - weight) times input.
    """

    PREACTIVATION = "the unit's dense preactivation z, with its bias"
    VARIANCE = "variance of zeta"
    THIRD_MOMENT = "third moment of zeta"
    FOURTH_MOMENT = "fourth moment of zeta"
    SIXTH_MOMENT = "sixth moment of zeta"
    SLOPE = "first derivative of the activation at z"
    SECOND_DERIVATIVE = "second derivative of the activation at z"
    LIPSCHITZ = "Lipschitz constant of the activation"
    CURVATURE = "supremum of the activation's second derivative"
    THIRD_DERIVATIVE = "supremum of the activation's third derivative"
    SLOPE_RANGE = "half the range of the activation's slopes"
    LEAK = "slope of the activation below zero, where it is 1 above"
    BIAS_BELOW = "lower bound on the unit's bias, where the activation is convex and bends at zero alone"
    BERNOULLI = "keep probability of one draw"
    LEVELS = "quantization levels on each side of zero"
    WEIGHT = "a weight"
    LARGEST_ENTRY = "largest absolute weight of the layer"


class Effort(StrEnum):
    """How much work goes into bounding each unit's bias and variance, least first; each includes those before it."""

    PLAIN = "plain"
    TIGHT = "tight"
    NEAR_EXACT = "near-exact"


class Scheme(StrEnum):
    """How a rung goes through the network.

    RECURSION: each block maps the error so far to the error behind it. UNIFORM: one theorem, one target xi.
    PER_SAMPLE: as a recursion, with every block's bias and variance summed unit by unit and sample by sample.
    """

    RECURSION = "recursion"
    UNIFORM = "uniform"
    PER_SAMPLE = "per sample"


class DrawKind(StrEnum):
    """How the units of a layer are drawn: each by itself, or as many kept in every row as asked for, exactly."""

    INDEPENDENT = "independent"
    EXACT_COUNTS = "exact-counts"


Binding = Mapping[sympy.Symbol, Quantity]


@dataclass(frozen=True)
class Drawn:
    """What a compressed layer is drawn from: ``count`` units, of which floor(alpha count) are processed.

    kept_claim bounds the units that stay nonzero (or unquantized): their share, or their number if ``counts`` is set.
    """

    unit: Unit
    count: sympy.Expr
    kept_claim: str
    counts: bool = False


@dataclass(frozen=True)
class Use:
    """A statement's variant with its symbols bound to quantities, and the claims that a rung reads off it.

    ``drawn`` says for the roles "wide" and "bottleneck" what the statement draws there, where it compresses at all.
    ``smooth_claim`` takes the error claim's place where the activation's second derivative is bounded.
    """

    statement: str
    variant: str
    binding: Binding
    error_claim: str = "error"
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    loss_claim: str | None = None
    smooth_claim: str | None = None


@dataclass(frozen=True)
class UnitUse:
    """A claim about one unit or one draw: Le(b, r), Ge(b, r), Le(|b - c|, r) or Eq(b, r), b the symbol ``bounded``.

    What c and r are made of is bound to unit quantities. effort: the least that takes the claim in.
    """

    statement: str
    variant: str
    claim: str
    bounded: sympy.Expr
    binding: Mapping[sympy.Symbol, UnitQuantity]
    effort: Effort = Effort.PLAIN


@dataclass(frozen=True)
class Rung:
    """A way from a proposal to a certified error.

    In a RECURSION ``roles`` has "uncompressed", "wide" and "bottleneck", and "network" for the loss; a UNIFORM rung has
    "network" alone.
    ``fixed`` are parameters that the statement fixes itself; the others are chosen to meet the request.
    A rung that does not decide (the printed form) is shown and never enters the verdict. ``allows_biases`` says whether
    the statements cover networks with biases. ``draw`` is the kind of draw that they are about.
    A PER_SAMPLE rung has claims about single units as well: on "bias" and "variance" of a unit, all of which hold at
    once where the activation has the facts they need, and on "draw-variance", "draw-third", "draw-fourth" and
    "draw-sixth", the central moments of one draw.
    """

    name: str
    mode: Mode
    scheme: Scheme
    decides: bool
    roles: Mapping[str, Use]
    summary: str
    fixed: Mapping[Quantity, sympy.Expr] = field(default_factory=dict)
    allows_biases: bool = False
    draw: DrawKind = DrawKind.INDEPENDENT
    units: Mapping[str, tuple[UnitUse, ...]] = field(default_factory=dict)
