"""Runs one rung on a proposal: fixed layer sets, or the best admissible ones, compared with the target."""

import math
from collections.abc import Mapping
from fractions import Fraction

from boundcheck.core.rung import Quantity, Scheme
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import less, less_equal, lower_decimal, upper_decimal
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network
from boundcheck.network.predictions import unchanged_share

from .candidates import candidate_sets
from .certificate import RungRecord
from .coverage import why_not_covered
from .goal import Goal
from .measured_blocks import BlockMeasure
from .outcome import Outcome
from .proposal import Proposal
from .reasons import reason
from .recursion import certify_recursion
from .theorem_target import xi_for_error
from .theory import Theory
from .uniform import certify_uniform


def certify(
    theory: Theory,
    network: Network,
    sets: LayerSets,
    proposal: Proposal,
    goal: Goal,
    measure: BlockMeasure | None = None,
) -> Outcome:
    """One rung at fixed layer sets; ``measure`` is that of a PER_SAMPLE rung."""
    problem = why_not_covered(theory, network, proposal)
    if problem is not None:
        return Outcome(sets, (), problem=problem)
    scaled = theory.view(network, sets.bottleneck)
    if theory.rung.scheme is not Scheme.UNIFORM:
        return certify_recursion(theory, scaled, sets, proposal, measure=measure)
    xi = goal.xi or xi_for_error(theory, scaled, goal.error)
    if xi is None:
        return Outcome(sets, (), problem="the acceptable error is too small for any xi")
    return certify_uniform(theory, scaled, sets, proposal, xi)


def run_rung(
    theory: Theory,
    network: Network,
    proposal: Proposal,
    goal: Goal,
    loss: Fraction | None,
    measure: BlockMeasure | None = None,
) -> RungRecord:
    """One rung on a proposal; with ``sets`` left out, the admissible sets that hold with the least kept fraction.

    measure: of a PER_SAMPLE rung, what it measures at the data.
    """
    # Whatever the arithmetic cannot do leaves this rung open and the others standing.
    try:
        if proposal.sets is not None:
            outcome = certify(theory, network, proposal.sets, proposal, goal, measure)
        else:
            outcome = _best(theory, network, proposal, goal, measure)
    except (ArithmeticError, ValueError) as error:
        problem = f"could not be evaluated ({type(error).__name__}: {error})"
        sets = proposal.sets or LayerSets(frozenset(), frozenset())
        outcome = Outcome(sets, (), conditions=Verdict.UNKNOWN, problem=problem)
    return rung_record(theory, network, proposal, goal, loss, outcome)


def _best(theory: Theory, network: Network, proposal: Proposal, goal: Goal, measure: BlockMeasure | None) -> Outcome:
    """Among the candidate sets: the first that holds (they come by kept fraction), else the least error."""
    fallback: Outcome | None = None
    problem = why_not_covered(theory, network, proposal)
    if problem is not None:
        return Outcome(LayerSets(frozenset(), frozenset()), (), problem=problem)
    for sets in candidate_sets(theory, network, proposal, goal, measure):
        outcome = certify(theory, network, sets, proposal, goal, measure)
        if verdict_of(outcome, goal) is Verdict.HOLDS:
            return outcome
        if fallback is None or _rank(outcome) < _rank(fallback):
            fallback = outcome
    assert fallback is not None  # there is always a single wide layer
    return fallback


def _rank(outcome: Outcome) -> tuple[bool, bool, Fraction, float]:
    """Order of outcomes that do not hold: with a certified error first, the least; then the closest miss."""
    missed = [
        float(row.missed_by) if row.missed_by else math.inf
        for row in outcome.assumptions
        if row.verdict is Verdict.FAILS
    ]
    return (outcome.problem is not None, outcome.error is None, outcome.error or Fraction(0), max(missed, default=0.0))


def verdict_of(outcome: Outcome, goal: Goal) -> Verdict:
    """HOLDS if every condition holds, the error is acceptable, and it beats the zero network."""
    if outcome.problem is not None:
        return outcome.conditions
    if outcome.error is None:
        return Verdict.UNKNOWN if outcome.conditions is Verdict.UNKNOWN else Verdict.FAILS
    return conjunction([outcome.conditions, less_equal(outcome.error, goal.error), less(outcome.error, goal.trivial)])


def rung_record(
    theory: Theory, network: Network, proposal: Proposal, goal: Goal, loss: Fraction | None, outcome: Outcome
) -> RungRecord:
    """What an outcome comes to, measured against the goal."""
    verdict, certain = verdict_of(outcome, goal), outcome.conditions is Verdict.HOLDS
    relative = None if outcome.error is None or goal.trivial == 0 else outcome.error / goal.trivial
    if verdict is Verdict.HOLDS and network.origin.illustrative:
        verdict = Verdict.UNKNOWN
    return RungRecord(
        name=theory.rung.name,
        paper=theory.paper.id,
        summary=theory.rung.summary,
        decides=theory.rung.decides,
        verdict=verdict,
        reason=reason(theory, network, outcome, goal.error, goal.trivial),
        wide=sorted(outcome.sets.wide),
        bottleneck=sorted(outcome.sets.bottleneck),
        assumptions=list(outcome.assumptions),
        parameters=outcome.parameters,
        blocks=list(outcome.blocks),
        error_bound=None if outcome.error is None else upper_decimal(outcome.error),
        relative=None if relative is None else upper_decimal(relative),
        loss_bound=_loss_bound(theory, outcome, loss) if certain else None,
        unchanged_predictions=_unchanged(goal, outcome) if certain else None,
        **_shares(network, proposal, outcome),
        vacuous=None if outcome.error is None else outcome.error >= goal.trivial,
        terms=list(outcome.terms),
    )


def _unchanged(goal: Goal, outcome: Outcome) -> str | None:
    """The share of predictions that the realization with the certified error leaves as they are, rounded down."""
    if goal.least_changes is None or outcome.error is None:
        return None
    return lower_decimal(unchanged_share(goal.least_changes, outcome.error))


def _shares(network: Network, proposal: Proposal, outcome: Outcome) -> dict[str, str | None]:
    """Promised and requested shares, of the compressed layers (the largest) and of the whole network, rounded up."""
    word = "kept" if proposal.mode.prunes else "unquantized"
    promised = outcome.promised
    requested = {number: proposal.requested_share for number in outcome.sets.wide | outcome.sets.bottleneck}
    return {
        f"{word}_fraction": upper_decimal(max(promised.values())) if promised else None,
        f"{word}_fraction_network": _of_network(network, promised) if promised else None,
        "requested_fraction_network": _of_network(network, requested) if requested else None,
    }


def _of_network(network: Network, shares: Mapping[int, Fraction]) -> str | None:
    """The share of the whole network's weights; layers that are not compressed stay whole."""
    sizes = {number: layer.weight_count for number, layer in enumerate(network.layers, start=1)}
    left = sum((shares.get(number, Fraction(1)) * size for number, size in sizes.items()), Fraction(0))
    return upper_decimal(left / sum(sizes.values()))


def _loss_bound(theory: Theory, outcome: Outcome, loss: Fraction | None) -> str | None:
    bound = theory.roles["network"]
    if loss is None or outcome.error is None or bound.use.loss_claim is None:
        return None
    return upper_decimal(bound.right_side(bound.use.loss_claim, {Quantity.LOSS: loss, Quantity.ERROR: outcome.error}))
