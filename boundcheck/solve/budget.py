"""The split of a budget of weights among the compressed layers with the least certified error."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import permutations

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.coverage import why_not_covered
from boundcheck.certify.draw_choice import Draw, choose_draw
from boundcheck.certify.goal import Goal
from boundcheck.certify.outcome import Outcome
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.recursion import certify_recursion
from boundcheck.certify.rungs import rung_record
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.certify.steps import Step
from boundcheck.certify.theory import Theory
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Scheme
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import parse_rational, rational_text, upper_decimal
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

from .least_error import descend, error_answer
from .question import Progress, Question
from .record import Answer, Attempt, Claim, Known

# Two layers' splits are all evaluated up to so many.
MOST_ENUMERATED = 100
Shares = tuple[int, ...]
"""How many of the budget's parts each compressed layer gets, in the order of the layers."""


def best_split(
    theory: Theory, question: Question, budget: Fraction, resolution: Fraction, progress: Progress
) -> Answer:
    """The kept fraction of every compressed layer, the whole network's being at most ``budget``."""
    sets = question.proposal.sets
    assert sets is not None
    layers = sorted(sets.wide | sets.bottleneck)
    parts = Parts(question.network, layers, budget, int(1 / resolution))
    if theory.rung.scheme is Scheme.UNIFORM:
        return _equal_split(theory, question, parts, resolution, progress)
    split = Split(theory, question, sets, parts, progress)
    best = split.enumerated() if split.few else split.improved()
    record = split.record(best)
    found = record.verdict is Verdict.HOLDS
    undecided = any(tried.verdict is Verdict.UNKNOWN for tried in split.found.values())
    return Answer(
        rung=theory.rung.name,
        paper=theory.paper.id,
        decides=theory.rung.decides,
        verdict=record.verdict if found else Verdict.UNKNOWN if undecided else Verdict.FAILS,
        value=record.error_bound if found else None,
        keep_by_layer=_written(parts.keep(best)) if found else None,
        proved_from=None,
        proof=None,
        below=None,
        larger=None,
        smaller=split.claim() if found else None,
        attempts=[_attempt(parts, shares, tried) for shares, tried in sorted(split.found.items())],
        certificate=record,
    )


@dataclass(frozen=True)
class Parts:
    """A budget cut into equal parts of weights, what the layers left alone take being set aside."""

    network: Network
    layers: list[int]
    budget: Fraction
    number: int

    def __post_init__(self) -> None:
        if self.weights <= 0:
            alone = 1 - Fraction(sum(self._sizes), self._total)
            raise InputError(
                f"budget={rational_text(self.budget)}: the layers left alone hold {upper_decimal(alone, 4)} of all "
                "weights; raise the budget, or compress more layers"
            )
        if self.number < len(self.layers):
            raise InputError(f"resolution=1/{self.number}: too coarse for {len(self.layers)} layers; lower it")

    @property
    def _total(self) -> int:
        return sum(layer.weight_count for layer in self.network.layers)

    @property
    def _sizes(self) -> list[int]:
        return [self.network.layers[number - 1].weight_count for number in self.layers]

    @property
    def weights(self) -> Fraction:
        """What the compressed layers may keep together, in weights."""
        return self.budget * self._total - (self._total - sum(self._sizes))

    def keep(self, shares: Shares) -> dict[int, Fraction]:
        """The kept fraction of each layer; none keeps more than all its weights."""
        part = self.weights / self.number
        named = zip(self.layers, shares, self._sizes, strict=True)
        return {layer: min(Fraction(1), share * part / size) for layer, share, size in named}

    def equal(self) -> Shares:
        """Nearly the same fraction for all layers, every part given away."""
        sizes = self._sizes
        shares = [max(1, self.number * size // sum(sizes)) for size in sizes]
        shares[shares.index(max(shares))] += self.number - sum(shares)
        return tuple(shares)


@dataclass
class Split:
    """Splits that were evaluated, each once."""

    theory: Theory
    question: Question
    sets: LayerSets
    parts: Parts
    progress: Progress
    found: dict[Shares, RungRecord] = field(default_factory=dict)

    @property
    def few(self) -> bool:
        """Whether all splits can be evaluated."""
        return len(self.parts.layers) == 1 or (len(self.parts.layers) == 2 and self.parts.number <= MOST_ENUMERATED)

    def record(self, shares: Shares) -> RungRecord:
        """The rung with these shares; UNKNOWN where the arithmetic fails."""
        if shares not in self.found:
            self.progress(f"rung {self.theory.rung.name}: split {len(self.found) + 1}")
            self.found[shares] = run_with_split(self.theory, self.question, self.sets, self.parts.keep(shares))
        return self.found[shares]

    def cost(self, shares: Shares) -> tuple[bool, Fraction]:
        """What is to be least: the certified error, if there is one."""
        bound = self.record(shares).error_bound
        return (bound is None, Fraction(0) if bound is None else parse_rational(bound))

    def enumerated(self) -> Shares:
        """The best of all splits into so many parts."""
        number = self.parts.number
        every = [(number,)] if len(self.parts.layers) == 1 else [(one, number - one) for one in range(1, number)]
        return min(every, key=self.cost)

    def improved(self) -> Shares:
        """From the equal split on, by moving parts between two layers, ever fewer, as long as that helps."""
        best, moved = self.parts.equal(), self.parts.number // 4
        while moved:
            better = min(self._moves(best, moved), key=self.cost, default=best)
            if self.cost(better) < self.cost(best):
                best = better
            else:
                moved //= 2
        return best

    def _moves(self, shares: Shares, moved: int) -> Iterator[Shares]:
        for giver, taker in permutations(range(len(shares)), 2):
            if shares[giver] > moved:
                changed = list(shares)
                changed[giver] -= moved
                changed[taker] += moved
                yield tuple(changed)

    def claim(self) -> Claim:
        """How it is known that no split has a smaller error."""
        number = self.parts.number
        if self.few:
            return Claim(known=Known.ENUMERATED, why=f"every split into {number} parts was evaluated")
        why = f"of {len(self.found)} splits; moving 1/{number} of the budget between any two layers gives no less"
        return Claim(known=Known.TRIED, why=why)


def run_with_split(theory: Theory, question: Question, sets: LayerSets, keep: Mapping[int, Fraction]) -> RungRecord:
    """A rung that goes block by block, each compressed layer with a request of its own."""
    proposal = replace(question.proposal, keep=max(keep.values()))
    trivial = question.goal().trivial
    goal = Goal(trivial, trivial)

    def choose(
        theory: Theory, view: ScaledNetwork, step: Step, norm: Fraction, error: Fraction, proposal: Proposal
    ) -> Draw | None:
        return choose_draw(theory, view, step, norm, error, replace(proposal, keep=keep[step.layer.number]))

    try:
        problem = why_not_covered(theory, question.network, proposal)
        view = theory.view(question.network, sets.bottleneck)
        if problem is not None:
            outcome = Outcome(sets, (), problem=problem)
        else:
            outcome = certify_recursion(theory, view, sets, proposal, choose, question.measures[theory])
    except (ArithmeticError, ValueError) as error:
        return question.undecided(theory, proposal, goal, error)
    record = rung_record(theory, question.network, proposal, goal, question.measured.loss, outcome)
    if any(outcome.promised.get(layer, Fraction(0)) > share for layer, share in keep.items()):
        return question.undecided(theory, proposal, goal, ArithmeticError("a layer keeps more than its part"))
    return record.model_copy(update={"requested_fraction_network": _of_network(question.network, keep)})


def _of_network(network: Network, keep: Mapping[int, Fraction]) -> str | None:
    sizes = {number: layer.weight_count for number, layer in enumerate(network.layers, start=1)}
    left = sum((keep.get(number, Fraction(1)) * size for number, size in sizes.items()), Fraction(0))
    return upper_decimal(left / sum(sizes.values()))


def _equal_split(theory: Theory, question: Question, parts: Parts, resolution: Fraction, progress: Progress) -> Answer:
    """A theorem has one set of parameters for all its layers, and so one request."""
    sizes = sum(question.network.layers[number - 1].weight_count for number in parts.layers)
    share = min(Fraction(1), parts.weights / sizes)
    proposal = replace(question.proposal, keep=share)
    found = error_answer(theory, descend(theory, question, proposal, resolution, progress), resolution)
    if found.value is None:
        return found
    why = "the theorem has one set of parameters for all its layers, so that the equal split is its best"
    smaller = Claim(known=found.smaller.known if found.smaller else Known.TRIED, why=why)
    keep = _written(dict.fromkeys(parts.layers, share))
    return found.model_copy(update={"keep_by_layer": keep, "smaller": smaller})


def _written(keep: Mapping[int, Fraction]) -> dict[int, str]:
    return {layer: rational_text(share) for layer, share in keep.items()}


def _attempt(parts: Parts, shares: Shares, record: RungRecord) -> Attempt:
    text = ", ".join(f"{float(share):.6g}" for share in parts.keep(shares).values())
    return Attempt(value=text, verdict=record.verdict, error_bound=record.error_bound)
