"""Prints a solution; everything is taken from its record."""

from rich.text import Text

from boundcheck.solve.record import Answer, Attempt, Claim, Least, Solution

from .rendering import console, indented, layers
from .shorten import shorten
from .tables import plain_table, styled

WANTED = {
    Least.KEEP: "least kept fraction",
    Least.LEVELS: "fewest levels",
    Least.ERROR: "least certified error",
    Least.WIDTH: "least width from which on all hold",
    Least.SPLIT: "split of the budget with the least certified error",
}


def print_solution(solution: Solution) -> None:
    """What was asked, every rung's answer, how it is known, and the line that sums it up."""
    out = console()
    out.print(f"asked: {_asked(solution)}")
    out.print(f"trivial bound: {shorten(solution.trivial_bound, up=False)}")
    if solution.target is not None:
        out.print(f"target: an error of at most {shorten(solution.target.error, up=False)}")
    out.print()
    rows = plain_table("rung", "answer", "next smaller", "smaller ones", "larger ones", unbroken=["rung", "answer"])
    for answer in solution.answers:
        rows.add_row(
            _name(answer), _value(answer), _neighbour(answer.below), _known(answer.smaller), _known(answer.larger)
        )
    out.print(rows)
    for answer in solution.answers:
        out.print()
        out.print(Text.assemble((answer.rung, "bold"), ": ", styled(answer.verdict), f" - {_meaning(answer)}"))
        for word, claim in (("smaller", answer.smaller), ("larger", answer.larger)):
            if claim is not None:
                out.print(indented(f"{word}, {claim.known}: {claim.why}"))
        if answer.keep_by_layer is not None:
            out.print(indented(f"keep by layer: {_split(answer.keep_by_layer)}"))
        record = answer.certificate
        out.print(indented(f"at W = {layers(record.wide)}, B = {layers(record.bottleneck)}: {record.reason}"))
    out.print()
    print_line(solution)


def print_line(solution: Solution, wrap: bool = True) -> None:
    """The last line; ``wrap`` False keeps it on one line."""
    line = Text.assemble("verdict: ", styled(solution.verdict), f" - {solution.reason}")
    console().print(line, soft_wrap=not wrap)


def _asked(solution: Solution) -> str:
    question, proposal = solution.question, solution.proposal
    given = {
        "layer": question.layer,
        "budget": question.budget,
        "keep": proposal.keep,
        "levels": proposal.levels,
        "resolution": question.resolution,
    }
    written = "".join(f", {name} {value}" for name, value in given.items() if value is not None)
    return f"{WANTED[question.least]}, mode {proposal.mode}{written}"


def _name(answer: Answer) -> str:
    return answer.rung if answer.decides else f"{answer.rung}\n(decides nothing)"


def _value(answer: Answer) -> str:
    return answer.value or "none"


def _neighbour(below: Attempt | None) -> str:
    return "-" if below is None else f"{below.value}: {below.verdict}"


def _known(claim: Claim | None) -> str:
    return "-" if claim is None else str(claim.known)


def _meaning(answer: Answer) -> str:
    tried = f"{len(answer.attempts)} values evaluated"
    if answer.value is None:
        return f"no answer; {tried}"
    return f"{answer.value}; {tried}"


def _split(keep: dict[int, str]) -> str:
    return ", ".join(f"layer {layer} {share}" for layer, share in sorted(keep.items()))
