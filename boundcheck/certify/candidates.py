"""Layer sets worth certifying when a proposal names none: floats look ahead, the certificate decides.

First those that look acceptable, by the fraction of the network they keep; then the one that looks best otherwise.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.rung import Scheme
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

from .coverage import admits_bottleneck
from .draw_choice import Draw, choose_draw
from .goal import Goal
from .measured_blocks import BlockMeasure
from .proposal import Proposal
from .recursion import error_behind
from .scaling import ScaledNetwork, scaled_network
from .steps import Step, output_norm
from .theorem_target import xi_for_error
from .theory import Theory
from .uniform_choice import miss

# Partial choices kept per layer, and sets tried per rung: generous for networks of the depths the theory is about.
MOST_STATES = 200
MOST_CANDIDATES = 50
MOST_MISSES = 3
# How much worse than asked for a look ahead may be and still be certified: its draws are not the best ones.
CAUTION = 1.1


def candidate_sets(
    theory: Theory, network: Network, proposal: Proposal, goal: Goal, measure: BlockMeasure | None = None
) -> Iterator[LayerSets]:
    """Sets to certify, best first; never empty."""
    if theory.rung.scheme is not Scheme.UNIFORM:
        # An error beyond the trivial bound is never acceptable, whatever was asked for.
        return _by_recursion(theory, network, proposal, float(min(goal.error, goal.trivial)), measure)
    return _by_conditions(theory, network, proposal, goal)


@dataclass(frozen=True)
class State:
    """A choice for the layers so far: its error, the bound of its output, and how many weights it compresses."""

    sets: LayerSets
    error: float
    norm: Fraction
    compressed: int


def _by_recursion(
    theory: Theory, network: Network, proposal: Proposal, error: float, measure: BlockMeasure | None
) -> Iterator[LayerSets]:
    finished = [state for state in _final_states(theory, network, proposal, measure) if state.compressed]
    scale = float(scaled_network(network).error_scale)
    promising = sorted(
        (s for s in finished if s.error * scale <= error * CAUTION), key=lambda s: (-s.compressed, s.error)
    )
    yield from (state.sets for state in promising[:MOST_CANDIDATES])
    if finished:
        yield min(finished, key=lambda s: s.error).sets
    else:
        yield LayerSets(frozenset({1}), frozenset())


def _final_states(theory: Theory, network: Network, proposal: Proposal, measure: BlockMeasure | None) -> list[State]:
    plain = scaled_network(network)
    fronts: list[list[State]] = [[] for _ in range(network.depth + 1)]
    fronts[0] = [State(LayerSets(frozenset(), frozenset()), 0.0, plain.input_norm, 0)]
    for number in range(1, network.depth + 1):
        scaled = {"uncompressed": plain, "wide": plain}
        if number < network.depth and admits_bottleneck(theory, network.layers[number - 1].activation):
            scaled["bottleneck"] = theory.view(network, frozenset({number}))
        for role, view in scaled.items():
            step = Step(role, view.layers[number - 1], 2 if role == "bottleneck" else 1)
            before, behind = fronts[number - 1], fronts[number - 1 + step.span]
            draw = None
            if role != "uncompressed" and before:
                # One choice serves all states, as if nothing had been lost before them; CAUTION covers the difference.
                draw = choose_draw(theory, view, step, before[0].norm, Fraction(0), proposal)
                if draw is None:
                    continue
            behind += filter(None, (_advance(theory, view, step, draw, state, measure) for state in before))
        fronts[number] = _undominated(fronts[number])
    return fronts[-1]


def _advance(
    theory: Theory,
    network: ScaledNetwork,
    step: Step,
    draw: Draw | None,
    state: State,
    measure: BlockMeasure | None,
) -> State | None:
    number, sets, compressed = step.layer.number, state.sets, state.compressed
    if step.role != "uncompressed":
        compressed += step.layer.weight_count
        wide, bottleneck = sets.wide, sets.bottleneck
        sets = LayerSets(wide | {number}, bottleneck) if step.role == "wide" else LayerSets(wide, bottleneck | {number})
    error = error_behind(theory, network, step, state.norm, Fraction(state.error), draw, measure)
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


def _by_conditions(theory: Theory, network: Network, proposal: Proposal, goal: Goal) -> Iterator[LayerSets]:
    """A set that misses on its own misses in every union, which asks at least as much of each of its layers."""
    singles = [LayerSets(frozenset({n}), frozenset()) for n in range(1, network.depth + 1)]
    smooth = [n for n in range(1, network.depth) if admits_bottleneck(theory, network.layers[n - 1].activation)]
    singles += [LayerSets(frozenset(), frozenset({n})) for n in smooth]
    misses = _misses(theory, network, proposal, goal, singles)
    close = [sets for sets in singles if misses[sets] <= 1e-6]
    if close:
        yield from _heaviest_unions(network, close)
    else:
        yield from sorted(singles, key=lambda sets: misses[sets])[:MOST_MISSES]


def _misses(
    theory: Theory, network: Network, proposal: Proposal, goal: Goal, singles: list[LayerSets]
) -> dict[LayerSets, float]:
    """How far each set is from holding on its own; layers that look alike to the theorem are looked at once."""
    known: dict[tuple[object, ...], float] = {}
    found = {}
    for sets in singles:
        scaled = theory.view(network, sets.bottleneck)
        (number,) = sets.wide | sets.bottleneck
        layer = scaled.layers[number - 1]
        behind = (scaled.layers[number].n_out, number) if sets.bottleneck else ()
        alike = (layer.n_in, layer.n_out, scaled.c_1, scaled.c_2, *behind)
        if alike not in known:
            xi = goal.xi or xi_for_error(theory, scaled, goal.error)
            known[alike] = math.inf if xi is None else miss(theory, scaled, sets, proposal, xi)
        found[sets] = known[alike]
    return found


def _heaviest_unions(network: Network, singles: list[LayerSets]) -> list[LayerSets]:
    """The admissible unions that compress most weights, layer by layer with the best few kept."""
    wide = {number for sets in singles for number in sets.wide}
    bottleneck = {number for sets in singles for number in sets.bottleneck}
    nothing = LayerSets(frozenset(), frozenset())
    fronts: list[list[LayerSets]] = [[nothing], *([] for _ in range(network.depth))]
    for number in range(1, network.depth + 1):
        for sets in fronts[number - 1]:
            fronts[number].append(sets)
            if number in wide:
                fronts[number].append(LayerSets(sets.wide | {number}, sets.bottleneck))
            if number in bottleneck:
                fronts[number + 1].append(LayerSets(sets.wide, sets.bottleneck | {number}))
        if number == network.depth or fronts[number]:
            fronts[number].sort(key=lambda sets: -_compressed_weights(network, sets))
            del fronts[number][MOST_CANDIDATES + 1 :]
    return [sets for sets in fronts[-1] if sets != nothing][:MOST_CANDIDATES]


def _compressed_weights(network: Network, sets: LayerSets) -> int:
    return sum(network.layers[number - 1].weight_count for number in sets.wide | sets.bottleneck)
