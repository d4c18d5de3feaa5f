"""Rungs as data: which statements a paper chains into a certificate, and what each symbol stands for there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sympy


class Mode(StrEnum):
    """How a weight is replaced: by zero or a scaled copy, or by a multiple of a step."""

    PRUNE = "prune"
    QUANTIZE = "quantize"


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
    INPUT_NORM = "bound on the norm of the layer's input, dense and compressed"
    PROJECTION_RADIUS = "radius of the projection behind the layer or block"
    ERROR_IN = "mean squared distance between the dense and the compressed input of the layer"
    VALUE_AT_ZERO = "value of the activation at zero"
    LIPSCHITZ = "Lipschitz constant of the activation"
    CURVATURE = "supremum of the activation's second derivative"
    C_1 = "largest operator norm of the network"
    C_2 = "largest scaled entry of the network"
    XI = "target xi of the theorem"
    BERNOULLI = "keep probability of one draw"
    ALPHA = "fraction of entries processed"
    GAMMA = "relative excess of nonzero draws allowed"
    EPSILON = "factor of the passage from the mean to one realization, minus one"
    LEVELS = "quantization levels on each side of zero"
    LOSS = "loss of the dense network"
    ERROR = "certified mean squared distance between dense and compressed output"


class Scheme(StrEnum):
    """RECURSION: each block maps the error so far to the error behind it. UNIFORM: one theorem, one target xi."""

    RECURSION = "recursion"
    UNIFORM = "uniform"


Binding = Mapping[sympy.Symbol, Quantity]


@dataclass(frozen=True)
class Use:
    """A statement's variant with its symbols bound to quantities, and the claims that a rung reads off it."""

    statement: str
    variant: str
    binding: Binding
    error_claim: str
    kept_claim: str | None = None
    loss_claim: str | None = None


@dataclass(frozen=True)
class Rung:
    """A way from a proposal to a certified error.

    In a RECURSION ``roles`` has "uncompressed", "wide" and "bottleneck", and "network" for the loss; a UNIFORM rung has
    "network" alone.
    ``fixed`` are parameters that the statement fixes itself; the others are chosen to meet the request.
    A rung that does not decide (the printed form) is shown and never enters the verdict. ``allows_biases`` says whether
    the statements cover networks with biases.
    """

    name: str
    mode: Mode
    scheme: Scheme
    decides: bool
    roles: Mapping[str, Use]
    summary: str
    fixed: Mapping[Quantity, sympy.Expr] = field(default_factory=dict)
    allows_biases: bool = False
