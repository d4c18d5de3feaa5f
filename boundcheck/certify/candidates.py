"""Layer sets worth certifying when a proposal names none: floats look ahead, the certificate decides.

First those that look acceptable, by the fraction of the network they keep; then the one that looks best otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from boundcheck.core.rung import Scheme
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

from .coverage import admits_bottleneck
from .proposal import Proposal
from .recursion import Step, choose_draw, error_behind, output_norm
from .scaling import ScaledNetwork, scaled_network
from .theory import Theory
from .uniform import nearly_holds, xi_for_error

# Partial choices kept per layer, and sets tried per rung: generous for networks of the depths the theory is about.
MOST_STATES = 200
MOST_CANDIDATES = 50


def candidate_sets(theory: Theory, network: Network, proposal: Proposal, error: Fraction) -> Iterator[LayerSets]:
    """Sets to certify, best first; never empty."""
    if theory.rung.scheme is Scheme.RECURSION:
        return _by_recursion(theory, network, proposal, float(error))
    return _by_conditions(theory, network, proposal, error)


@dataclass(frozen=True)
class State:
    """A choice for the layers so far: its error, the bound of its output, and how many weights it compresses."""

    sets: LayerSets
    error: float
    norm: Fraction
    compressed: int


def _by_recursion(theory: Theory, network: Network, proposal: Proposal, error: float) -> Iterator[LayerSets]:
    finished = [state for state in _final_states(theory, network, proposal) if state.compressed]
    scale = float(scaled_network(network).error_scale)
    promising = sorted(
        (s for s in finished if s.error * scale <= error * (1 + 1e-6)), key=lambda s: (-s.compressed, s.error)
    )
    yield from (state.sets for state in promising[:MOST_CANDIDATES])
    if finished:
        yield min(finished, key=lambda s: s.error).sets
    else:
        yield LayerSets(frozenset({1}), frozenset())


def _final_states(theory: Theory, network: Network, proposal: Proposal) -> list[State]:
    plain = scaled_network(network)
    fronts: list[list[State]] = [[] for _ in range(network.depth + 1)]
    fronts[0] = [State(LayerSets(frozenset(), frozenset()), 0.0, plain.input_norm, 0)]
    for number in range(1, network.depth + 1):
        scaled = {"uncompressed": plain, "wide": plain}
        if number < network.depth and admits_bottleneck(theory, network.layers[number - 1].activation):
            scaled["bottleneck"] = scaled_network(network, frozenset({number}))
        for role, view in scaled.items():
            step = Step(role, view.layers[number - 1], 2 if role == "bottleneck" else 1)
            behind = fronts[number - 1 + step.span]
            behind += filter(None, (_advance(theory, view, step, proposal, s) for s in fronts[number - 1]))
        fronts[number] = _undominated(fronts[number])
    return fronts[-1]


def _advance(theory: Theory, network: ScaledNetwork, step: Step, proposal: Proposal, state: State) -> State | None:
    error_in = Fraction(state.error)
    number, sets, compressed = step.layer.number, state.sets, state.compressed
    draw = None
    if step.role != "uncompressed":
        draw = choose_draw(theory, network, step, state.norm, error_in, proposal)
        if draw is None:
            return None
        compressed += step.layer.entries
        wide, bottleneck = sets.wide, sets.bottleneck
        sets = LayerSets(wide | {number}, bottleneck) if step.role == "wide" else LayerSets(wide, bottleneck | {number})
    error = error_behind(theory, network, step, state.norm, error_in, draw)
    return None if error is None else State(sets, error, output_norm(network, step, state.norm), compressed)


def _undominated(states: list[State]) -> list[State]:
    """States that no other beats in both error and weights compressed; the error alone decides later errors."""
    kept: list[State] = []
    least = float("inf")
    for state in sorted(states, key=lambda s: (-s.compressed, s.error)):
        if state.error < least:
            kept.append(state)
            least = state.error
    return kept[-MOST_STATES:]


def _by_conditions(theory: Theory, network: Network, proposal: Proposal, error: Fraction) -> Iterator[LayerSets]:
    singles = [LayerSets(frozenset({n}), frozenset()) for n in range(1, network.depth + 1)]
    smooth = [n for n in range(1, network.depth) if admits_bottleneck(theory, network.layers[n - 1].activation)]
    singles += [LayerSets(frozenset(), frozenset({n})) for n in smooth]
    feasible = [sets for sets in singles if _feasible(theory, network, sets, proposal, error)]
    unions = sorted(_unions(feasible), key=lambda sets: -_compressed_weights(network, sets))
    yield from islice(unions, MOST_CANDIDATES)
    if not feasible:
        yield from singles


def _feasible(theory: Theory, network: Network, sets: LayerSets, proposal: Proposal, error: Fraction) -> bool:
    scaled = scaled_network(network, sets.bottleneck)
    xi = xi_for_error(theory, scaled, error)
    return xi is not None and nearly_holds(theory, scaled, sets, proposal, xi)


def _unions(singles: list[LayerSets]) -> list[LayerSets]:
    """All admissible unions of sets that hold on their own: a union asks at least as much of each layer."""
    found = [LayerSets(frozenset(), frozenset())]
    for single in singles:
        found += [union for sets in found if (union := _union(sets, single)) is not None]
    return [sets for sets in found if sets.wide or sets.bottleneck]


def _union(one: LayerSets, other: LayerSets) -> LayerSets | None:
    union = LayerSets(one.wide | other.wide, one.bottleneck | other.bottleneck)
    compressed, behind = union.wide | union.bottleneck, {n + 1 for n in union.bottleneck}
    return None if union.wide & union.bottleneck or compressed & behind else union


def _compressed_weights(network: Network, sets: LayerSets) -> int:
    return sum(network.layers[n - 1].n_in * network.layers[n - 1].n_out for n in sets.wide | sets.bottleneck)
