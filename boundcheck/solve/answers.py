"""Puts a search's outcome into an answer."""

from boundcheck.certify.theory import Theory
from boundcheck.core.verdict import Verdict

from .record import Answer, Claim
from .search import Search


def answer(theory: Theory, search: Search, least: int, larger: Claim, smaller: Claim) -> Answer:
    """The least value, what is known of others, and the rung's record there."""
    return Answer(
        rung=theory.rung.name,
        paper=theory.paper.id,
        decides=theory.rung.decides,
        verdict=search.at(least).verdict,
        value=search.value(least),
        keep_by_layer=None,
        proved_from=None,
        proof=None,
        below=search.attempt(least - 1) if least > search.low else None,
        larger=larger,
        smaller=smaller,
        attempts=search.attempts(),
        certificate=search.at(least),
    )


def no_answer(theory: Theory, search: Search) -> Answer:
    """Nothing that was evaluated holds: FAILS, unless something is undecided."""
    undecided = any(record.verdict is Verdict.UNKNOWN for record in search.found.values())
    return Answer(
        rung=theory.rung.name,
        paper=theory.paper.id,
        decides=theory.rung.decides,
        verdict=Verdict.UNKNOWN if undecided else Verdict.FAILS,
        value=None,
        keep_by_layer=None,
        proved_from=None,
        proof=None,
        below=None,
        larger=None,
        smaller=None,
        attempts=search.attempts(),
        certificate=search.closest(),
    )
