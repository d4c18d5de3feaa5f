"""Chooses how a compressed block's units are drawn: the parameters with the least error behind the block."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.rung import DrawKind, Quantity, Scheme
from boundcheck.exact.ball import Number

from .block import layer_environment
from .parameters import PruningParameters, choose_pruning, quantization_alpha
from .proposal import Proposal
from .scaling import ScaledNetwork
from .steps import Step, block_environment
from .theory import Theory


@dataclass(frozen=True)
class Draw:
    """How the units of a compressed layer (entries, columns, ...) are replaced: what a rung binds.

    units: how many there are. promised: share of them that stays nonzero (pruning) or unquantized, as the statement's
    own claim has it.
    """

    quantities: dict[Quantity, Fraction]
    units: int
    promised: Fraction


def choose_draw(
    theory: Theory, network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction, proposal: Proposal
) -> Draw | None:
    """The parameters with the least error behind the block; None if the request cannot be met at this layer."""
    bound, environment = theory.roles[step.role], layer_environment(network, step.layer)
    units = bound.units(step.role, environment)
    fixed = theory.fixed_alpha if proposal.alpha is None else proposal.alpha
    if proposal.levels is not None:
        alpha = quantization_alpha([units], proposal.unquantized_share, fixed)
        if alpha is None:
            return None
        quantities = {Quantity.ALPHA: alpha, Quantity.LEVELS: Fraction(proposal.levels)}
    elif theory.rung.draw is DrawKind.EXACT_COUNTS:
        assert proposal.keep is not None
        left = math.floor(proposal.keep * step.layer.n_in)
        if left < 1 or step.layer.n_in < 2:
            return None
        quantities = {Quantity.ALPHA: Fraction(1), Quantity.BERNOULLI: Fraction(left, step.layer.n_in)}
    else:
        chosen = _choose_pruning(theory, network, step, units, input_norm, error_in, proposal)
        if chosen is None:
            return None
        quantities = chosen.quantities()
    return Draw(quantities, units, bound.promised_share(step.role, {**environment, **quantities}))


def _choose_pruning(
    theory: Theory,
    network: ScaledNetwork,
    step: Step,
    units: int,
    input_norm: Fraction,
    error_in: Fraction,
    proposal: Proposal,
) -> PruningParameters | None:
    known = {q: as_float(v) for q, v in block_environment(network, step, input_norm, error_in).items()}
    form = theory.float_error(step.role, Quantity.CURVATURE in known)

    def cost(alpha: float, bernoulli: float, epsilon: float) -> float:
        drawn = {Quantity.ALPHA: alpha, Quantity.BERNOULLI: bernoulli, Quantity.EPSILON: epsilon}
        if theory.rung.scheme is Scheme.PER_SAMPLE:  # what is measured is about proportional to the draws' variance
            drawn |= {Quantity.MEASURED_ERROR: (1 - bernoulli) / bernoulli, Quantity.LARGEST_COLUMN_VARIANCE: 0.0}
        return form({**known, **drawn})

    assert proposal.keep is not None
    fixed = theory.fixed_alpha if proposal.alpha is None else proposal.alpha
    return choose_pruning([units], proposal.keep, cost, fixed, proposal.bernoulli)


ChooseDraw = Callable[[Theory, ScaledNetwork, Step, Fraction, Fraction, Proposal], Draw | None]
"""As choose_draw: the draw at a compressed block, given the norm bound and the error in front of it."""


def as_float(value: Number) -> float:
    """The nearest float, infinite where there is none."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
