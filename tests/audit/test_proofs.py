"""The paper's proofs as the audit sees them: which steps fail as printed, and that the corrected ones hold."""

from fractions import Fraction

import pytest

from boundcheck.audit.ledger import Ledger, StatementAudit
from boundcheck.audit.replay import audit
from boundcheck.core.step import Status
from boundcheck.library import library


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return audit(workers=1)


def record(ledger: Ledger, name: str, variant: str) -> StatementAudit:
    return next(r for r in ledger.statements if (r.id, r.variant) == (name, variant))


def witness(ledger: Ledger, name: str, step_id: str) -> dict[str, Fraction]:
    step = next(s for s in record(ledger, name, "printed").steps if s.id == step_id)
    assert step.status is Status.REFUTED
    return {symbol: Fraction(value) for symbol, value in step.witness.items()}


def test_every_refuted_step_is_one_that_is_known_to_fail_and_none_is_undecided(ledger: Ledger) -> None:
    failing = {
        (r.id, s.id) for r in ledger.statements if r.variant == "printed" for s in r.steps if s.status is Status.REFUTED
    }
    assert failing == {
        ("theorem-2", "layer-behind-a-bottleneck"),
        ("theorem-2", "kept-fraction"),
        ("theorem-2", "justification-of-103"),
        ("theorem-2", "slack-at-a-block"),
        ("theorem-3", "layer-behind-a-bottleneck"),
        ("theorem-3", "unquantized-fraction"),
        ("theorem-3", "input-summand"),
        ("theorem-3", "draw-summand"),
        ("proposition-18", "values"),
        ("proposition-21", "values"),
        ("proposition-22", "zero-weights"),
        ("theorem-6", "wide-125"),
        ("theorem-6", "lambda-133"),
    }
    assert record(ledger, "theorem-6", "corrected").proof_status is None  # what it uses is not written as steps yet
    assert all(s.status is not Status.UNKNOWN for r in ledger.statements for s in r.steps)


def test_no_corrected_step_fails(ledger: Ledger) -> None:
    assert ledger.counts["corrected"]["REFUTED"] == ledger.counts["corrected"]["UNKNOWN"] == 0
    written = [r for r in ledger.statements if r.variant == "corrected" and r.proof_status is not None]
    assert {r.proof_status for r in written} <= {Status.PROVED, Status.PROVED_UP_TO, Status.CITED}
    assert {"theorem-2", "theorem-3", "corollary-5"} <= {r.id for r in written}


def test_printed_20_fails_at_its_witness_by_hand(ledger: Ledger) -> None:
    """2 alpha c_1^{3l-2} c_2^2 / (k^2 (1 - alpha) sqrt(n)) > 2 delta c_1^{2(l+1)} under (20); squared, so rational."""
    w = witness(ledger, "theorem-3", "input-summand")
    alpha, c_1, c_2, delta, k, layer, n = (w[s] for s in ("alpha", "c_1", "c_2", "delta", "k", "l", "n_{l+1}"))
    assert layer.denominator == n.denominator == k.denominator == 1
    room = (1 - alpha) * k**2 * delta / alpha
    limit = room / (c_1 ** int(layer) * c_2**2 * max(Fraction(1), c_1**4) * max(Fraction(1), c_2**2 / k))
    assert 1 / n <= limit**2
    summand = 2 * alpha * c_1 ** int(3 * layer - 2) * c_2**2 / (k**2 * (1 - alpha))
    assert summand**2 / n > (2 * delta * c_1 ** int(2 * (layer + 1))) ** 2


def test_the_printed_constants_break_lemma_17_by_hand(ledger: Ledger) -> None:
    w = witness(ledger, "theorem-2", "slack-at-a-block")
    xi, f, e_3 = w["xi"], w["f"], w["epsilon_3"]
    assert f > 0 and 0 < xi < 1
    assert e_3 == xi / 2 + (1 + xi / 2) * f
    assert xi < 2 * e_3


def test_27_does_not_give_125_by_hand(ledger: Ledger) -> None:
    """The fraction of (27) is upside down."""
    w = witness(ledger, "theorem-6", "wide-125")
    alpha, p, delta, c_1, c_2 = (w[s] for s in ("alpha", "p", "delta", "c_1", "c_2"))
    ratio = w["n_{l+1}"] / w["n_l"]
    assert ratio <= alpha * (1 - p) * delta / (p * (1 - alpha)) * c_1**2 / c_2**2
    assert c_2**2 * ratio > p * (1 - alpha) * delta / (alpha * (1 - p)) * c_1**2


def test_28_does_not_give_133_by_hand(ledger: Ledger) -> None:
    """In print (1 - p)^2 stands above and below, where (1 - alpha)^2 should be above."""
    w = witness(ledger, "theorem-6", "lambda-133")
    alpha, p, delta, c_1, c_2 = (w[s] for s in ("alpha", "p", "delta", "c_1", "c_2"))
    layer, ratio = int(w["l"]), w["n_{l+2}"] / w["n_{l+1}"]
    first = p**2 * delta**2 / alpha**2 * min(Fraction(1), c_1**8) / (c_1 ** (2 * (layer + 1)) * c_2**2)
    assert ratio <= min(first, p * (1 - alpha) * delta / (alpha * (1 - p)) * c_1**2 / c_2**2)
    factor = alpha * (1 - p) / (p * (1 - alpha))
    assert (2 * factor * c_1 ** (layer + 1) * c_2) ** 2 * ratio > (2 * delta) ** 2


def test_fractions_index_sets_and_a_justification_by_hand(ledger: Ledger) -> None:
    w = witness(ledger, "theorem-2", "kept-fraction")
    entries, p = int(w["N"]), w["p"]
    processed = Fraction(99 * entries // 100, entries)
    assert 1 - processed + processed * Fraction(101, 100) * p > Fraction(1, 100) + Fraction(101, 100) * p
    entries = int(witness(ledger, "theorem-3", "unquantized-fraction")["N"])
    assert 1 - Fraction(99 * entries // 100, entries) > Fraction(1, 100)
    w = witness(ledger, "theorem-2", "layer-behind-a-bottleneck")
    assert 1 <= w["l"] <= w["m"] < w["l"] + 1
    w = witness(ledger, "theorem-2", "justification-of-103")
    squared = w["||W_l||_inf"] ** 2
    assert squared <= w["c_2"] ** 2 / max(w["n_l"], w["n_{l+1}"])
    assert squared > w["c_2"] ** 2 / max(w["n_{l+1}"], w["n_{l+2}"])


def test_a_zero_weight_breaks_delta_by_hand(ledger: Ledger) -> None:
    w = witness(ledger, "proposition-22", "zero-weights")
    p = w["p"]
    assert (w["tau_0"], w["u"]) == (1, 1)
    assert Fraction(1, 2) < p < 1
    assert w["tau_0"] ** 2 * w["u"] > (1 - p) / p


def test_everything_cited_is_there(ledger: Ledger) -> None:
    ids = {s.id for s in library().statements()}
    for statement in library().statements():
        for variant in statement.variants.values():
            known = ids | {step.id for step in variant.proof} | {a.id for a in variant.assumptions}
            known |= {claim.id for claim in variant.claims} | {"slack"}
            for step in variant.proof:
                missing = set(step.cites) - known
                assert not missing, f"{statement.id} {step.id} cites {missing}"


def test_two_workers_give_the_same_ledger(ledger: Ledger) -> None:
    again = audit(workers=2)

    def without_time(one: Ledger) -> dict:
        data = one.model_dump()
        for statement in data["statements"]:
            for step in statement["steps"]:
                del step["seconds"]
        return data

    assert without_time(again) == without_time(ledger)


def test_a_statement_brings_what_it_uses() -> None:
    names = {r.id for r in audit(["Corollary 5"], ["printed"], workers=1).statements}
    assert {"corollary-5", "theorem-2", "lemma-17", "lemma-12", "proposition-23", "assumption-12"} <= names
    assert "theorem-6" not in names
