"""Chooses the parameters of a UNIFORM rung: fixed by the statement or the user, else for the widest margin."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import sympy

from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Scope
from boundcheck.network.layer_sets import LayerSets

from .block import Bound, layer_environment
from .parameters import choose_pruning, quantization_alpha
from .proposal import Proposal
from .scaling import ScaledNetwork
from .theory import Theory

NO_ROOM = 1e6
Choice = dict[Quantity, Fraction]
Choose = Callable[[Fraction], Choice | None]


def chooser(theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal) -> Choose:
    """How the draw's parameters follow from xi; None where the request cannot be met."""
    fixed: Choice = {quantity: Fraction(value.p, value.q) for quantity, value in theory.rung.fixed.items()}
    bound = theory.roles["network"]
    units = [
        bound.units(role_in(sets, number), layer_environment(network, network.layers[number - 1]))
        for number in compressed(sets)
    ]
    if proposal.levels is not None:
        alpha = quantization_alpha(units, proposal.unquantized_share, proposal.alpha)
        alpha = fixed.get(Quantity.ALPHA, alpha) if proposal.alpha is None else alpha
        choice = None if alpha is None else {Quantity.ALPHA: alpha, Quantity.LEVELS: Fraction(proposal.levels)}
        return lambda xi: choice
    if fixed:
        return lambda xi: _as_printed(bound, sets, fixed, proposal)
    return lambda xi: _widest_margin(theory, network, sets, proposal, units, xi)


def compressed(sets: LayerSets) -> list[int]:
    """The layers of W and B, in order."""
    return sorted(sets.wide | sets.bottleneck)


def role_in(sets: LayerSets, number: int) -> Literal["wide", "bottleneck"]:
    """The role of a compressed layer."""
    return "wide" if number in sets.wide else "bottleneck"


def _as_printed(bound: Bound, sets: LayerSets, fixed: Choice, proposal: Proposal) -> Choice | None:
    """The constants that the printed proof sets, and the bernoulli that its kept fraction leaves for the request."""
    assert proposal.keep is not None
    if proposal.alpha is not None:
        fixed = {**fixed, Quantity.ALPHA: proposal.alpha}
    if proposal.bernoulli is not None:
        return {**fixed, Quantity.BERNOULLI: proposal.bernoulli}
    roles = {role_in(sets, number) for number in compressed(sets)}
    bernoulli = min(_bernoulli_that_keeps(bound, role, proposal.keep) for role in roles)
    return {**fixed, Quantity.BERNOULLI: bernoulli} if bernoulli > 0 else None


def _bernoulli_that_keeps(bound: Bound, role: str, keep: Fraction) -> Fraction:
    """The printed claims promise a share that is linear in the bernoulli; this one's is the request."""
    promised = bound.expand(bound.claim(bound.drawn(role).kept_claim).relation.rhs)
    (bernoulli,) = (symbol for symbol, quantity in bound.use.binding.items() if quantity is Quantity.BERNOULLI)
    slope, constant = (Fraction(value.p, value.q) for value in sympy.Poly(promised, bernoulli).all_coeffs())
    return (keep - constant) / slope


def _widest_margin(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, units: list[int], xi: Fraction
) -> Choice | None:
    worst = _worst_ratio(theory, network, sets, xi)

    def cost(alpha: float, bernoulli: float, epsilon: float) -> float:
        ratio = worst({Quantity.ALPHA: alpha, Quantity.BERNOULLI: bernoulli, Quantity.EPSILON: epsilon})
        # Where epsilon leaves no room for a positive delta, the least epsilon is the closest miss.
        return ratio if math.isfinite(ratio) else NO_ROOM * (1 + epsilon)

    assert proposal.keep is not None
    chosen = choose_pruning(units, proposal.keep, cost, proposal.alpha, proposal.bernoulli)
    return None if chosen is None else chosen.quantities()


def _worst_ratio(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, xi: Fraction
) -> Callable[[dict[Quantity, float]], float]:
    """Logarithm of value over limit of the worst width condition; inf where a limit is not positive."""
    forms = []
    for number in compressed(sets):
        scope = Scope.WIDE if number in sets.wide else Scope.BOTTLENECK
        known = {q: float(v) for q, v in layer_environment(network, network.layers[number - 1]).items()}
        known[Quantity.XI] = float(xi)
        forms += [(form, known) for form in theory.float_ratios(scope)]

    def worst(drawn: dict[Quantity, float]) -> float:
        return max(form({**known, **drawn}) for form, known in forms)

    return worst


def miss(theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, xi: Fraction) -> float:
    """By what factor (its logarithm) the worst width condition is missed at the best parameters; for looking ahead."""
    choice = chooser(theory, network, sets, proposal)(xi)
    if choice is None:
        return math.inf
    return _worst_ratio(theory, network, sets, xi)({quantity: float(value) for quantity, value in choice.items()})
