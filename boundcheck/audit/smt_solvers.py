"""z3 and cvc5 on the same formulas; their limits count steps and not seconds, so that answers do not depend on load."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from .smt_encoding import Encoding
from .witness import Point

# z3's resource limit: some seconds. The clock stops only what no count of steps does.
EFFORT = 5_000_000
CLOCK_SECONDS = 120
# cvc5's. Coverings decide most, but within one cvc5 heeds no limit and its cost explodes with the number of unknowns:
# they are used only on what z3 has answered, and for few unknowns.
CVC5_EFFORT = 30_000
COVERING_STEP = 100
COVERED_UNKNOWNS = 5
# Set where many trials are made that nothing is proved by: z3's word is enough then.
Z3_ALONE: ContextVar[bool] = ContextVar("Z3_ALONE", default=False)
AGREED = "no counterexample over the reals"


class Answer(StrEnum):
    """Of one solver; ABSENT is not installed."""

    UNSAT = "unsat"
    SAT = "sat"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True)
class Opinion:
    """What both solvers say together, and points that may satisfy the formulas."""

    unsatisfiable: bool
    note: str
    points: tuple[Point, ...] = ()


def ask(encoding: Encoding, formulas: Sequence[Any], effort: int = EFFORT) -> Opinion:
    """Whether the formulas are unsatisfiable: one solver says so and the other does not deny it."""
    first, points, text = by_z3(encoding, formulas, effort)
    if first is Answer.SAT:
        return Opinion(False, "z3: sat", points)
    if Z3_ALONE.get():
        return Opinion(first is Answer.UNSAT, f"z3 alone: {first.value}")
    small = text.count("(declare-fun") <= COVERED_UNKNOWNS
    second, values = by_cvc5(text, coverings=small and first is Answer.UNSAT)
    names = {str(term): symbol for symbol, term in encoding.symbols().items()}
    model = {names[name]: value for name, value in values.items() if name in names}
    match first, second:
        case Answer.UNSAT, Answer.UNSAT:
            return Opinion(True, f"z3 and cvc5: {AGREED}")
        case Answer.UNSAT, Answer.ABSENT:
            return Opinion(True, f"z3: {AGREED}; cvc5 is not installed")
        case Answer.UNSAT, Answer.UNKNOWN:
            return Opinion(True, f"z3: {AGREED}; cvc5 did not decide")
        case Answer.UNSAT, Answer.SAT:
            return Opinion(False, "z3 and cvc5 contradict each other: unsat, sat", (model,))
        case _, Answer.UNSAT:
            return Opinion(True, f"cvc5: {AGREED}; z3 did not decide")
        case _, Answer.SAT:
            return Opinion(False, "z3 did not decide, cvc5: sat", (model,))
    return Opinion(False, "z3 did not decide" + ("" if second is Answer.ABSENT else ", nor did cvc5"))


def by_z3(encoding: Encoding, formulas: Sequence[Any], effort: int) -> tuple[Answer, tuple[Point, ...], str]:
    """Its answer, points from a model, and the formulas as SMT-LIB text."""
    import z3

    solver = z3.Solver(ctx=encoding.context)
    solver.set("rlimit", effort)
    solver.set("timeout", 1000 * CLOCK_SECONDS)
    solver.add(*formulas)
    answer = solver.check()
    text: str = solver.to_smt2()
    if answer == z3.unsat:
        return Answer.UNSAT, (), text
    if answer == z3.sat:
        return Answer.SAT, tuple(encoding.points(solver.model())), text
    return Answer.UNKNOWN, (), text


def by_cvc5(text: str, coverings: bool) -> tuple[Answer, Mapping[str, Fraction]]:
    """Its answer to SMT-LIB text, and a model's rational values by name."""
    try:
        import cvc5
    except ImportError:
        return Answer.ABSENT, {}
    solver = cvc5.Solver(cvc5.TermManager())
    limits = {"rlimit": str(CVC5_EFFORT), "rweight": f"ArithNlCoveringStep={COVERING_STEP}"}
    clock = {"tlimit-per": str(1000 * CLOCK_SECONDS)}
    for name, value in {"produce-models": "true", "nl-cov": str(coverings).lower(), **limits, **clock}.items():
        solver.setOption(name, value)
    try:
        terms = _read(solver, text)
        answer = solver.checkSat()
        if answer.isUnsat():
            return Answer.UNSAT, {}
        if not answer.isSat():
            return Answer.UNKNOWN, {}
        found = {str(term): solver.getValue(term) for term in terms}
    except RuntimeError:  # what cvc5 raises where it cannot go on
        return Answer.UNKNOWN, {}
    return Answer.SAT, {name: Fraction(value.getRealValue()) for name, value in found.items() if value.isRealValue()}


def _read(solver: Any, text: str) -> list[Any]:
    """Give cvc5 the formulas; the symbols that they declare."""
    import cvc5

    parser = cvc5.InputParser(solver)
    commands = "(set-logic QF_NRA)\n" + text.replace("(check-sat)", "")
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, commands, "formulas")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    return list(symbols.getDeclaredTerms())
