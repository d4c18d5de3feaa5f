"""The power of the audit: what notices a mutant, how survivors are classed, and that essential constants count."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import sympy
from sympy import Eq, Le

from boundcheck.audit import power
from boundcheck.audit.mutants import Mutant, mutants_of, spread
from boundcheck.audit.power import Outcome, judge
from boundcheck.audit.rules import application
from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Step
from boundcheck.library import library

x, y, z, v, w = sympy.symbols("x y z v w", real=True)
t = sympy.Symbol("t", real=True)
HALF = Eq(t, y / 2)
SUM = Le(x, y + 2 * t)
STEPS = (
    Step("half", "", "let", sympy.And(HALF, SUM)),
    Step("noted", "", "citation", Le(z, 7), data={"source": "a book, Theorem 1"}),
    Step("twice", "", "smt", Le(x, 2 * y), given=(HALF, SUM)),
    Step("two", "", "smt", Le(x, 2), given=(Le(x, 2 * y), Le(y, 1))),
    Step("three", "", "smt", Le(x, 3), given=(Le(x, 2),)),
)


def statement(
    name: str, symbols: tuple, assumptions: dict, claim: sympy.Basic, proof: tuple, uses: tuple = ()
) -> Statement:
    variant = Variant(
        assumptions=tuple(Assumption(key, relation, key) for key, relation in assumptions.items()),
        claims=(Claim("bound", Sense.UPPER, claim, "bound"),),
        proof=proof,
    )
    variables = tuple(Variable(symbol, sympy.S.Reals, str(symbol)) for symbol in symbols)
    return Statement(name, name, Kind.LEMMA, Source(name, 1), variables, {"printed": variant}, proof_uses=uses)


LEMMA = statement("lemma", (x, y, z), {"small": Le(y, 1), "idle": Le(z, 5)}, Le(x, 3), STEPS)
USER = statement(
    "user",
    (v, w),
    {"small": Le(v, 1), "idle": Le(v, 5)},
    Le(w, 4),
    (
        applied("lemma", "", LEMMA, "printed", "bound", {x: w, y: v, z: v}),
        Step("four", "", "smt", Le(w, 4), given=(Le(w, 3),)),
    ),
    ("lemma",),
)


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    caches = (
        power._statements,
        power._domains,
        power._gaps,
        power._by_z3_alone,
        power._record,
        power._is_accepted,
        power._mutants,
    )
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of the two statements above alone."""
    both = {s.id: s for s in (LEMMA, USER)}
    found = SimpleNamespace(find=both.__getitem__, statements=lambda: iter(both.values()))
    monkeypatch.setattr(power, "library", lambda: found)
    monkeypatch.setattr(application, "library", lambda: found)


def planted(place: str, original: sympy.Basic, mutated: sympy.Basic) -> Outcome:
    return judge(Mutant("lemma", "printed", place, "constant", ((original, mutated),)))


@pytest.mark.usefixtures("toys")
def test_both_toys_are_accepted() -> None:
    assert power.measured() == [("lemma", "printed"), ("user", "printed")]
    assert power.not_measured() == []


CLAIM = ("claim bound", Le(x, 3))
SMALL = ("assumption small", Le(y, 1))


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("place", "mutated", "killer", "where"),
    [
        (CLAIM, Le(x, sympy.Rational(3, 2)), "witness", "three (smt)"),
        (CLAIM, Le(x, -100), "witness", "three (smt)"),
        (CLAIM, Le(x, 5), "witness", "user: four (smt)"),  # which its own proof gives, but w <= 4 not
        (SMALL, Le(y, 2), "witness", "two (smt)"),
        (SMALL, sympy.true, "witness", "two (smt)"),
        (SMALL, Le(y, sympy.Rational(1, 2)), "rule", "user: lemma (application)"),
        (("step twice", Le(x, 2 * y)), Le(x, y), "witness", "twice (smt)"),
        (("step half", SUM), Le(x, y + 3 * t), "witness", "twice (smt)"),
        (("step half", HALF), Eq(t, y), "witness", "twice (smt)"),
    ],
)
def test_what_is_wrong_is_noticed(place: tuple, mutated: sympy.Basic, killer: str, where: str) -> None:
    outcome = planted(place[0], place[1], mutated)
    assert outcome.killer == killer
    assert outcome.where.startswith(where)
    assert outcome.survival == ""


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("place", "mutated", "survival", "reason"),
    [
        (CLAIM, Le(2 * x, 6), "equivalent", "each form implies the other"),
        (CLAIM, Le(x, sympy.Rational(7, 2)), "slack", "it is weaker"),
        (CLAIM, Le(x, sympy.Rational(5, 2)), "slack", "three (smt) has room"),
        (("step two", Le(x, 2)), Le(x, 3), "slack", "it is weaker"),
        (("step noted", Le(z, 7)), Le(z, 1), "blind spot", "noted is CITED by citation"),
        (("step half", SUM), Le(x, y + 2 * t - 1), "blind spot", "half is a let"),
        (("assumption idle", Le(z, 5)), Le(z, 50), "blind spot", "an assumption that no step uses"),
    ],
)
def test_what_survives_is_classed(place: tuple, mutated: sympy.Basic, survival: str, reason: str) -> None:
    outcome = planted(place[0], place[1], mutated)
    assert (outcome.killer, outcome.survival) == ("", survival)
    assert outcome.reason.startswith(reason)


@pytest.mark.usefixtures("toys")
def test_a_proof_with_a_gap_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = statement("lemma", (x, y, z), {"small": Le(y, 1), "idle": Le(z, 5)}, Le(x, 3), STEPS[1:])
    found = SimpleNamespace(find={"lemma": broken}.__getitem__, statements=lambda: iter([broken]))
    monkeypatch.setattr(power, "library", lambda: found)
    assert (power.measured(), power.not_measured()) == ([], ["lemma"])


NAME = "proposition-20"


def test_mutated_claims_and_assumptions_of_a_proposition_are_noticed() -> None:
    """What survives of them is weaker than what is proved, or a stronger assumption: the theorem stays true."""
    real = library().find(NAME)
    everything = mutants_of(real, "printed", power._domains(NAME))
    stated = [m for m in everything if m.place.split()[0] in ("assumption", "claim")]
    outcomes = [judge(mutant) for mutant in spread(stated, 40, seed=3)]
    killed = [outcome for outcome in outcomes if outcome.killer]
    assert len(killed) >= 30
    for outcome in outcomes:
        harmless = outcome.survival == "equivalent" or outcome.reason.startswith(
            ("it is weaker", "a stronger assumption")
        )
        assert outcome.killer or harmless, outcome.mutant.text()


def test_the_constant_of_a_proposition_is_essential() -> None:
    """Half of the second summand, or of the whole bound, is not proved; neither is p for 1 - p, nor another power."""
    real = library().find(NAME)
    claim = real.variant("printed").claim("error").relation
    for wrong in (
        claim.rhs / 2,
        sum(term / 2 if term.has(sympy.Symbol("alpha", positive=True)) else term for term in claim.rhs.args),
    ):
        mutant = Mutant(NAME, "printed", "claim error", "constant", ((claim, Le(claim.lhs, wrong, evaluate=False)),))
        assert judge(mutant).killer


def test_two_processes_find_the_same() -> None:
    assert power.measure(8, seed=5, names=[NAME], workers=2) == power.measure(8, seed=5, names=[NAME], workers=1)
