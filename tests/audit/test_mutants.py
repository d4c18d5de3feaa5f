"""Mutants: every kind is made, put consistently into the proof, and chosen evenly and reproducibly."""

from collections import Counter
from dataclasses import replace

import pytest
import sympy
from sympy import Eq, Ge, Le, Max, Min

from boundcheck.audit.mutants import KINDS, Mutant, changed_step, mutants_of, put_into, spread
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Step

p, x = sympy.symbols("p x", positive=True)
n_1, n_2, d, T = sympy.symbols("n_1 n_2 d T", integer=True)
F = sympy.Symbol("F", real=True)
beta = sympy.Function("beta", real=True)
BOUND = Le(x, 3 * p * Max(n_1, F) ** 2 - 1)
POSITIVE = Ge(x, 2)
STEPS = (
    Step("first", "", "smt", sympy.And(Le(p, 1), BOUND), given=(POSITIVE, Eq(F, n_1 + 1))),
    Step(
        "second", "", "smt", Le(2, x), given=(Le(x - 3 * p * Max(n_1, F) ** 2, -1),), data={"more": (BOUND, "text", 3)}
    ),
    Step("third", "", "smt", Le(p, 2)),
    Step(
        "sum",
        "",
        "finite-induction",
        Le(beta(T), T),
        data={"variable": d, "until": T, "hypothesis": Le(beta(d), d), "recursion": (Le(beta(d + 1), beta(d) + 1),)},
    ),
)
VARIANT = Variant(
    assumptions=(Assumption("positive", POSITIVE, ""),),
    claims=(Claim("bound", Sense.UPPER, BOUND, ""),),
    definitions={F: n_1 + 1},
    proof=STEPS,
)
STATEMENT = Statement(
    "toy",
    "Toy",
    Kind.LEMMA,
    Source("Toy", page=1),
    (
        Variable(p, sympy.Interval.open(0, 1), ""),
        Variable(x, sympy.Interval.open(0, sympy.oo), ""),
        Variable(n_1, sympy.S.Naturals, ""),
        Variable(n_2, sympy.S.Naturals, ""),
    ),
    {"printed": VARIANT},
)
DOMAINS = {variable.symbol: variable for variable in STATEMENT.variables}
MUTANTS = mutants_of(STATEMENT, "printed", DOMAINS)


def of_claim(kind: str) -> set[sympy.Basic]:
    return {m.changes[0][1] for m in MUTANTS if m.place == "claim bound" and m.kind == kind}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("constant", Le(x, 6 * p * Max(n_1, F) ** 2 - 1)),
        ("constant", Le(x, 3 * p * Max(n_1, F) ** 2 - 2)),
        ("constant", Le(x, 6 * p * Max(n_1, F) ** 2 - 2)),
        ("exponent", Le(x, 3 * p * Max(n_1, F) ** 3 - 1)),
        ("exponent", Le(x, 3 * p * Max(n_1, F) - 1)),
        ("sign", Le(x, 3 * p * Max(n_1, F) ** 2 + 1)),
        ("sign", Le(x, -3 * p * Max(n_1, F) ** 2 - 1, evaluate=False)),
        ("extreme", Le(x, 3 * p * Min(n_1, F) ** 2 - 1)),
        ("complement", Le(x, 3 * (1 - p) * Max(n_1, F) ** 2 - 1)),
        ("index", Le(x, 3 * p * Max(n_2, F) ** 2 - 1)),
    ],
)
def test_each_kind_is_made(kind: str, expected: sympy.Basic) -> None:
    assert any(sympy.expand(made.rhs - expected.rhs) == 0 and made.lhs == expected.lhs for made in of_claim(kind))


def test_no_mutant_says_the_same_or_nothing() -> None:
    assert {mutant.kind for mutant in MUTANTS} == set(KINDS)
    for mutant in MUTANTS:
        original, mutated = mutant.changes[0]
        assert mutated != sympy.false
        assert (mutated == sympy.true) == (mutant.kind == "dropped")
        if mutant.kind != "dropped":
            assert sympy.expand(original.lhs - original.rhs - mutated.lhs + mutated.rhs) != 0


def test_the_places_are_all_there() -> None:
    places = {mutant.place for mutant in MUTANTS}
    assert {"assumption positive", "claim bound", "definition F", "step third", "hypothesis sum"} <= places
    assert "step second" not in places  # it concludes the assumption again


def test_a_mutant_is_put_wherever_its_relation_stands() -> None:
    new = Le(x, 5)
    changed = put_into(STATEMENT, Mutant("toy", "printed", "claim bound", "constant", ((BOUND, new),))).variant(
        "printed"
    )
    assert changed.claims[0].relation == new
    assert set(changed.proof[0].conclusion.args) == {Le(p, 1), new}
    assert changed.proof[1].given == (new,)  # the same relation with its terms moved
    assert changed.proof[1].data["more"] == (new, "text", 3)
    assert changed.proof[2] is STEPS[2]
    assert changed.assumptions == VARIANT.assumptions


def test_an_assumption_is_dropped_from_the_proof_as_well() -> None:
    dropped = next(m for m in MUTANTS if m.kind == "dropped")
    changed = put_into(STATEMENT, dropped).variant("printed")
    assert changed.assumptions == ()
    assert changed.proof[0].given == (Eq(F, n_1 + 1),)


def test_a_definition_changes_what_is_expanded() -> None:
    new = Eq(F, n_1 + 2)
    mutant = Mutant("toy", "printed", "definition F", "constant", ((Eq(F, n_1 + 1), new),))
    changed = put_into(STATEMENT, mutant).variant("printed")
    assert changed.expand(F) == n_1 + 2
    assert changed.proof[0].given == (POSITIVE, new)


def test_a_hypothesis_takes_its_conclusion_along() -> None:
    mutant = next(m for m in MUTANTS if m.place == "hypothesis sum" and m.changes[0][1] == Le(beta(d), 2 * d))
    changed = put_into(STATEMENT, mutant).variant("printed").proof[3]
    assert changed.conclusion == Le(beta(T), 2 * T)
    assert changed.data["hypothesis"] == Le(beta(d), 2 * d)


def test_other_steps_stay_what_they_are() -> None:
    step = STEPS[2]
    assert changed_step(step, ((BOUND, Le(x, 5)),)) is step


def test_the_selection_is_even_and_reproducible() -> None:
    other = [replace(mutant, statement="other") for mutant in MUTANTS[:60]]
    chosen = spread([*MUTANTS, *other], 60, seed=1)
    assert Counter(m.statement for m in chosen) == {"toy": 30, "other": 30}
    kinds = Counter(m.kind for m in chosen if m.statement == "toy")
    assert set(kinds) == set(KINDS)
    assert max(kinds.values()) - min(kinds["constant"], kinds["index"]) <= 1
    assert chosen == spread([*MUTANTS, *other], 60, seed=1)
    assert chosen != spread([*MUTANTS, *other], 60, seed=2)
    assert len(spread(MUTANTS, 10**6, seed=1)) == len(MUTANTS)
