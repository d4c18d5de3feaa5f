"""The least width of a layer such that a rung holds there and at every larger width."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.theory import Theory
from boundcheck.core.rung import Quantity
from boundcheck.core.verdict import Verdict
from boundcheck.exact.binomial import least_draws
from boundcheck.network.network import LARGEST_WIDTH

from .again import Parameters, drawn_by_layer, evaluated_again, sets_of
from .answers import answer, no_answer
from .question import NetworkOfWidth, Progress, Question
from .record import Answer, Claim, Known
from .search import Search
from .stays import why_it_may_not_stay
from .width_laws import laws_that_fit, width_laws

# Where a proof for all larger widths is tried: at the least width that holds, and at multiples of it.
MULTIPLES = [Fraction(1) + Fraction(1, 2**power) for power in range(12, -1, -1)] + [Fraction(4), Fraction(16)]
# By what epsilon may grow for the tail to pass at every larger width; at one width it may be low on the sawtooth.
EPSILONS = [Fraction(5, 4) ** power for power in range(12)]
# So many widths below the proved ones are evaluated one by one, and so many above where there is no proof.
MOST_ENUMERATED = 400
LARGER_TRIED = 8
FAR_OUT = [10**power for power in range(1, 7)]


@dataclass(frozen=True)
class Family:
    """Networks that differ in the output width of one layer, and a rung that is asked at each."""

    theory: Theory
    question: Question
    layer: int
    network_of_width: NetworkOfWidth

    @property
    def least_with_formulas(self) -> int:
        """From the widths before and behind on, only entries depend on the width between."""
        widths = self.question.network.widths
        return max([widths[self.layer - 1], *widths[self.layer + 1 : self.layer + 2]])

    def run(self, width: int) -> RungRecord:
        """The rung's own answer at a width."""
        network = self.network_of_width(width)
        return self.question.run(self.theory, self.question.proposal, self.question.goal(network), network)

    def proof(self, width: int) -> RungRecord | str:
        """The rung there with parameters that are proved to hold at every larger width too; else why there is none."""
        network, later = self.network_of_width(width), self.network_of_width(4 * width)
        if network.origin.kind != "widths" or network.kernel is not None:
            return "there are no formulas for how the norms depend on it"
        goal = self.question.goal(network)
        if width < self.least_with_formulas or self.question.goal(later) != goal:
            return "it is below the width of a neighbouring layer, and norms still depend on it"
        record = self._robust(width)
        if record is None:
            return "no parameters were found that meet the request at all larger widths"
        sets = sets_of(record)
        view = self.theory.view(network, sets.bottleneck)
        laws = width_laws(view, self.layer)
        if not laws_that_fit(laws, view, self.theory.view(later, sets.bottleneck), 3 * width):
            return "some norm depends on it in a way that is not known"
        requested = self.question.proposal.requested_share
        return (
            why_it_may_not_stay(self.theory, view, sets, record, goal, lambda number: laws.get(number, {}), requested)
            or record
        )

    def _robust(self, width: int) -> RungRecord | None:
        """The rung there with parameters that leave room for the roundings and the sawtooth of larger widths."""
        network, proposal = self.network_of_width(width), self.question.proposal
        goal = self.question.goal(network)
        plain = self.run(width)
        touched = [block.units for block in plain.blocks if block.layer in (self.layer, self.layer + 1)]
        tighter = _asking_less(proposal, Fraction(2, min(touched)) if touched else Fraction(0))
        if tighter is None:
            return None
        record = self.question.run(self.theory, replace(tighter, sets=sets_of(plain)), goal, network)
        drawn = {block.layer: block.draws for block in record.blocks}
        lasting = _lasting(drawn_by_layer(record), drawn, (self.layer, self.layer + 1))
        if lasting is None or not lasting:
            return None
        again = evaluated_again(self.theory, network, sets_of(record), proposal, goal, lasting)
        return again if again is not None and again.verdict is Verdict.HOLDS else None


def _asking_less(proposal: Proposal, slack: Fraction) -> Proposal | None:
    """The same proposal with a smaller share requested."""
    share = proposal.requested_share - slack
    if share <= 0:
        return None
    return replace(proposal, unquantized=share) if proposal.keep is None else replace(proposal, keep=share)


def _lasting(
    by_layer: Mapping[int, Parameters], draws: Mapping[int, int], touched: tuple[int, int]
) -> dict[int, Parameters] | None:
    """The same parameters, with epsilon large enough for every larger number of draws; None if none is."""
    found = {}
    common = {tuple(sorted(given.items())) for given in by_layer.values()}
    for layer, given in by_layer.items():
        found[layer] = given
        if layer not in touched or Quantity.GAMMA not in given or Quantity.EPSILON not in given:
            continue
        gamma, bernoulli = given[Quantity.GAMMA], given[Quantity.BERNOULLI]
        raised = (given[Quantity.EPSILON] * factor for factor in EPSILONS)
        epsilon = next((e for e in raised if least_draws(gamma, bernoulli, e) <= draws[layer]), None)
        if epsilon is None:
            return None
        found[layer] = {**given, Quantity.EPSILON: epsilon}
    if len(common) == 1:  # of a theorem, whose layers share them
        largest = max((given.get(Quantity.EPSILON, Fraction(0)) for given in found.values()), default=Fraction(0))
        found = {layer: {**given, Quantity.EPSILON: largest} if largest else given for layer, given in found.items()}
    return found


def least_width(
    theory: Theory, question: Question, layer: int, network_of_width: NetworkOfWidth, progress: Progress
) -> Answer:
    """The least width that holds together with all larger ones, proved, or among those that were tried."""
    family = Family(theory, question, layer, network_of_width)

    def evaluate(width: int) -> RungRecord:
        progress(f"rung {theory.rung.name}: width {width}")
        return family.run(width)

    search = Search(evaluate, 1, LARGEST_WIDTH // 16)
    first = search.least()
    if first is None:
        return no_answer(theory, search)
    proved, proof = _proved_from(family, first, progress)
    if isinstance(proof, str):
        return _only_tried(theory, search, first, proof)
    least = proved
    while least > 1 and proved - least < MOST_ENUMERATED and search.holds(least - 1):
        least -= 1
    between = f", and those from {least} to {proved - 1} were evaluated one by one" if least < proved else ""
    why = f"from {proved} on the same parameters keep every condition and the error within bounds{between}"
    found = answer(theory, search, least, Claim(known=Known.PROVED, why=why), _smaller(search, least))
    return found.model_copy(update={"proved_from": str(proved), "proof": proof})


def _proved_from(family: Family, first: int, progress: Progress) -> tuple[int, RungRecord | str]:
    """A width, close to the least there is, from which on all are proved to hold; why, if none was found."""
    found: RungRecord | str = ""
    failing, start = first - 1, max(first, family.least_with_formulas)
    for width in sorted({start, *(math.ceil(start * multiple) for multiple in MULTIPLES)}):
        progress(f"rung {family.theory.rung.name}: all widths from {width}")
        found = family.proof(width)
        if not isinstance(found, str):
            return _earlier(family, failing, width, found)
        failing = width
    return failing, found


def _earlier(family: Family, failing: int, proved: int, proof: RungRecord) -> tuple[int, RungRecord]:
    """Bisection towards a smaller width from which on all are proved to hold."""
    while proved - failing > MOST_ENUMERATED // 8:
        middle = (failing + proved) // 2
        found = family.proof(middle)
        if isinstance(found, str):
            failing = middle
        else:
            proved, proof = middle, found
    return proved, proof


def _smaller(search: Search, least: int) -> Claim:
    if least == 1:
        return Claim(known=Known.ENUMERATED, why="1 is the least width there is")
    below = search.at(least - 1).verdict
    if below is Verdict.HOLDS:
        why = f"width {least - 1} holds as well; what lies further below was not tried one by one"
        return Claim(known=Known.TRIED, why=why)
    if below is Verdict.UNKNOWN:
        return Claim(known=Known.TRIED, why=f"width {least - 1} is undecided")
    why = f"a smaller width would have to hold at {least - 1} as well, where the search for parameters found none"
    return Claim(known=Known.SEARCHED, why=why)


def _only_tried(theory: Theory, search: Search, first: int, doubt: str) -> Answer:
    """Without a proof: the least width from which on all that were tried hold."""
    least = first
    while True:
        near = [*range(least + 1, least + 1 + LARGER_TRIED), *(least * quarter // 4 for quarter in range(5, 17))]
        far = [least * multiple for multiple in FAR_OUT if least * multiple <= LARGEST_WIDTH // 16]
        more = sorted({*near, *far} - {least})
        failing = [width for width in more if not search.holds(width)]
        if not failing:
            break
        above = [width for width in more if width > failing[-1]]
        if not above:
            none = no_answer(theory, search)
            why = f"holds at {least} but not at {_listed(failing[-3:])}; {doubt}"
            return none.model_copy(update={"larger": Claim(known=Known.TRIED, why=why)})
        least = search.between(failing[-1], above[0])
    why = f"hold: {_listed(more)}; nothing is proved of others: {doubt}"
    return answer(theory, search, least, Claim(known=Known.TRIED, why=why), _smaller(search, least))


def _listed(widths: list[int]) -> str:
    return ", ".join(map(str, widths))
