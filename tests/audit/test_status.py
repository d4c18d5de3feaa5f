"""A proof is as good as its weakest step and as the proofs it uses; nothing is set by hand."""

import pytest

from boundcheck.audit.status import claim_status, proof_status, weakest
from boundcheck.core.statement import Kind, Source, Statement, Variant
from boundcheck.core.step import Status

NOTHING = Variant(assumptions=(), claims=())


def statement(name: str, *uses: str, kind: Kind = Kind.LEMMA, variants: tuple[str, ...] = ("printed",)) -> Statement:
    return Statement(
        id=name,
        title=name,
        kind=kind,
        source=Source(name, page=1),
        variables=(),
        variants={variant: NOTHING for variant in variants},
        proof_uses=uses,
    )


def status(
    steps: dict[tuple[str, str], tuple[Status, ...]], *statements: Statement, variant: str = "printed"
) -> Status | None:
    found = {s.id: s for s in statements}
    return proof_status(statements[0], variant, steps, found)


def test_the_weakest_step_decides() -> None:
    assert weakest([]) is Status.PROVED
    assert weakest([Status.PROVED, Status.CITED, Status.PROVED_UP_TO]) is Status.CITED
    assert weakest([Status.UNKNOWN, Status.REFUTED, Status.PROVED]) is Status.REFUTED


def test_what_is_used_counts_as_much_as_the_steps() -> None:
    steps = {("a", "printed"): (Status.PROVED,), ("b", "printed"): (Status.PROVED, Status.CHECKED)}
    assert status(steps, statement("a", "b"), statement("b")) is Status.CHECKED


@pytest.mark.parametrize(("used", "expected"), [((), None), ((Status.REFUTED,), Status.REFUTED)])
def test_a_proof_that_uses_an_open_one_is_open_and_a_refuted_one_is_refuted(
    used: tuple[Status, ...], expected: Status | None
) -> None:
    steps = {("a", "printed"): (Status.PROVED,), ("b", "printed"): used}
    assert status(steps, statement("a", "b"), statement("b")) is expected


def test_a_refuted_step_refutes_though_other_parts_are_open() -> None:
    steps = {("a", "printed"): (Status.PROVED, Status.REFUTED)}
    assert status(steps, statement("a", "b"), statement("b")) is Status.REFUTED


def test_the_corrected_form_uses_corrected_forms_where_there_are_any() -> None:
    steps = {
        ("a", "corrected"): (Status.PROVED,),
        ("b", "printed"): (Status.REFUTED,),
        ("b", "corrected"): (Status.PROVED_UP_TO,),
        ("c", "printed"): (Status.PROVED,),
    }
    a = statement("a", "b", "c", variants=("printed", "corrected"))
    others = statement("b", variants=("printed", "corrected")), statement("c")
    assert status(steps, a, *others, variant="corrected") is Status.PROVED_UP_TO


def test_assumptions_need_no_proof() -> None:
    assert status({}, statement("x", kind=Kind.ASSUMPTION)) is Status.PROVED


def test_a_failed_proof_leaves_the_claim_open_and_only_a_counterexample_refutes_it() -> None:
    assert claim_status(Status.REFUTED, refuted=False) is Status.UNKNOWN
    assert claim_status(Status.PROVED, refuted=True) is Status.REFUTED
    assert claim_status(None, refuted=False) is None
