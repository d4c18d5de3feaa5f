"""Proved steps alone are no proof: gaps, contradictory set-ups and missing instances leave a statement open."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest
import sympy

from boundcheck.audit import replay
from boundcheck.audit.ledger import Ledger
from boundcheck.audit.statement_record import Replayed, statement_record
from boundcheck.cli.audit import _is_broken
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Status, Step
from boundcheck.library import library

x, y, t = sympy.symbols("x y t", real=True)
SMALL, HALF, CLAIM = sympy.Le(y, 1), sympy.Eq(t, y / 2), sympy.Le(x, 2)
HELD = Assumption("held", sympy.Le(x, 2 * y), "x is at most 2 y")
STEPS = (
    Step("half", "", "definition", HALF),
    Step("twice", "", "smt", sympy.Le(x, 4 * t), given=(HELD.relation, HALF)),
    Step("end", "", "smt", CLAIM, given=(sympy.Le(x, 4 * t), HALF, SMALL)),
)
Replay = Callable[[Statement], Replayed]


def lemma(steps: tuple[Step, ...] = STEPS, instance: dict[str, Fraction] | None = None) -> Statement:
    assumptions = (Assumption("small", SMALL, "y is at most 1"), HELD)
    variant = Variant(assumptions, (Claim("c", Sense.UPPER, CLAIM, "c"),), proof=steps)
    variables = tuple(Variable(symbol, sympy.S.Reals, str(symbol)) for symbol in (x, y))
    numbers = {"x": Fraction(1), "y": Fraction(1)} if instance is None else instance
    return Statement(
        "lemma-1", "t", Kind.LEMMA, Source("Lemma 1", 1), variables, {"printed": variant}, instance=numbers
    )


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Replay:
    def replayed(statement: Statement) -> Replayed:
        monkeypatch.setattr(replay, "library", lambda: SimpleNamespace(statements=lambda: iter([statement])))
        return replay.replay_statement(statement.id, "printed")

    return replayed


def recorded(statement: Statement, replayed: Replayed) -> Ledger:
    """The ledger of this one statement, which stands in the place of a paper."""
    paper = replace(next(iter(library().papers.values())), statements={statement.id: statement}, aliases={})
    found = replace(library(), papers={paper.id: paper})
    statuses = {(statement.id, "printed"): replayed.statuses}
    record = statement_record(found, statement, "printed", replayed, statuses)
    return Ledger(versions={}, statements=[record], counts={})


def test_steps_that_chain_prove_it(run: Replay) -> None:
    ledger = recorded(lemma(), run(lemma()))
    assert (ledger.statements[0].proof_status, ledger.statements[0].claim_status) == (Status.PROVED, Status.PROVED)
    assert not _is_broken(ledger)


s = sympy.Symbol("s", real=True)
CONTRADICTORY = Step("setting", "", "let", sympy.And(sympy.Gt(s, 1), sympy.Le(s, y)))


@pytest.mark.parametrize(
    ("steps", "gap"),
    [
        (STEPS[1:], "Eq(t, y/2) is given, but it is no assumption and no earlier conclusion"),
        (STEPS[:2], "no step concludes the claim c"),
        ((STEPS[0], STEPS[2]), "x <= 4*t is given"),
        ((CONTRADICTORY, *STEPS), "the assumptions and what the proof sets contradict one another"),
    ],
)
def test_a_gap_leaves_proof_and_claim_open_although_every_step_is_proved(
    run: Replay, steps: tuple[Step, ...], gap: str
) -> None:
    statement = lemma(steps)
    replayed = run(statement)
    assert {step.status for step in replayed.steps} == {Status.PROVED}
    assert any(gap in each for each in replayed.gaps)
    ledger = recorded(statement, replayed)
    assert (ledger.statements[0].proof_status, ledger.statements[0].claim_status) == (Status.UNKNOWN, Status.UNKNOWN)
    assert _is_broken(ledger)


def test_a_statement_without_an_instance_is_no_success(run: Replay) -> None:
    statement = lemma(instance={})
    ledger = recorded(statement, run(statement))
    assert ledger.statements[0].instance.status is Status.UNKNOWN
    assert _is_broken(ledger)


def test_a_rule_that_breaks_is_unknown(run: Replay) -> None:
    broken = replace(STEPS[1], rule="no-such-rule")
    assert [step.status for step in run(lemma((STEPS[0], broken, STEPS[2]))).steps][1] is Status.UNKNOWN
