"""The least kept fraction and the fewest levels that hold."""

from dataclasses import replace
from fractions import Fraction

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.theory import Theory
from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets

from .answers import answer, no_answer
from .question import Progress, Question
from .record import Answer, Claim, Known
from .search import Search
from .stays import why_more_levels_may_not_hold

# Beyond what 32 bits a weight store; the search doubles its way up to it.
MOST_LEVELS = 2**32
# Smaller values that are tried one by one below the answer, in case verdicts go up and down.
NEIGHBOURS = 4
# So many where nothing says how the verdict depends on the value.
MOST_ENUMERATED = 64
# An error that misses its target by this factor does not miss it by roundings alone.
CLEAR_MISS = Fraction(10**9 + 1, 10**9)


def least_keep(theory: Theory, question: Question, resolution: Fraction, progress: Progress) -> Answer:
    """The least multiple of the resolution, below 1, that holds as the requested kept fraction."""
    goal = question.goal()

    def evaluate(number: int) -> RungRecord:
        keep = number * resolution
        progress(f"rung {theory.rung.name}: keep {float(keep):.6g}")
        return question.run(theory, replace(question.proposal, keep=keep), goal)

    search = Search(evaluate, 1, int(1 / resolution) - 1, resolution)
    least = search.least() or search.least_near_the_highest()
    if least is None:
        return no_answer(theory, search)
    least = search.lowered(least, NEIGHBOURS)
    larger = Claim(
        known=Known.PROVED,
        why="the same parameters meet every larger request, and no other condition depends on the request",
    )
    return answer(theory, search, least, larger, _less_kept(search, least))


def _less_kept(search: Search, least: int) -> Claim:
    if least == search.low:
        return _nothing_smaller(search)
    below = search.value(least - 1)
    if search.at(least - 1).verdict is Verdict.UNKNOWN:
        return Claim(known=Known.TRIED, why=f"keep={below} is undecided")
    why = f"what holds with less kept holds at keep={below} too, where the search for parameters found none"
    return Claim(known=Known.SEARCHED, why=why)


def _nothing_smaller(search: Search) -> Claim:
    return Claim(known=Known.ENUMERATED, why=f"{search.value(search.low)} is the least value there is")


def fewest_levels(theory: Theory, question: Question, progress: Progress) -> Answer:
    """The least number of levels that holds."""
    goal = question.goal()

    def evaluate(number: int) -> RungRecord:
        progress(f"rung {theory.rung.name}: levels {number}")
        return question.run(theory, replace(question.proposal, levels=number), goal)

    search = Search(evaluate, 1, MOST_LEVELS)
    least = search.least()
    if least is None:
        return no_answer(theory, search)
    least = search.lowered(least, NEIGHBOURS)
    record = search.at(least)
    sets = LayerSets(frozenset(record.wide), frozenset(record.bottleneck))
    doubt = why_more_levels_may_not_hold(theory, question.network, sets, record, goal)
    if doubt is not None:
        least = search.lowered(least, MOST_ENUMERATED)
    fewer = _fewer_levels(search, least, doubt, goal, sets == question.proposal.sets)
    return answer(theory, search, least, _more_levels(search, least, doubt), fewer)


def _more_levels(search: Search, least: int, doubt: str | None) -> Claim:
    if doubt is None:
        why = "no condition and no error claim gets worse with more levels, as their formulas show"
        return Claim(known=Known.PROVED, why=why)
    more = [least + 1, least + 2, 2 * least, 4 * least]
    failing = [number for number in more if not search.holds(number)]
    found = f"do not hold: {_listed(failing)}" if failing else f"hold: {_listed(more)}"
    return Claim(known=Known.TRIED, why=f"{found}; nothing is proved of others: {doubt}")


def _fewer_levels(search: Search, least: int, doubt: str | None, goal: Goal, layers_given: bool) -> Claim:
    if least == search.low:
        return _nothing_smaller(search)
    below = search.at(least - 1)
    if doubt is None and _clearly_fails(below, goal):
        if layers_given:
            return Claim(known=Known.PROVED, why=f"fewer levels are never better, and levels={least - 1} fails")
        why = f"fewer levels are never better, and the search for layers found none that hold at levels={least - 1}"
        return Claim(known=Known.SEARCHED, why=why)
    tried = [number for number in range(search.low, least) if number in search.found]
    fails = all(search.at(number).verdict is Verdict.FAILS for number in tried)
    if len(tried) == least - search.low and fails:
        return Claim(known=Known.ENUMERATED, why=f"all of {search.low} to {least - 1} fail")
    return Claim(known=Known.TRIED, why=f"do not hold: {_listed(tried)}")


def _clearly_fails(below: RungRecord, goal: Goal) -> bool:
    if below.verdict is not Verdict.FAILS:
        return False
    if any(row.verdict is Verdict.FAILS for row in below.assumptions) or below.error_bound is None:
        return True
    return Fraction(below.error_bound) > min(goal.error, goal.trivial) * CLEAR_MISS


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
