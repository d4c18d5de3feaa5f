"""Chains with planted faults: each must be noticed, whatever the rules say of the single steps."""

from dataclasses import replace

import pytest
import sympy
from sympy import Eq, Ge, Le

from boundcheck.audit.chain import gaps
from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Step

NATURALS = sympy.S.Naturals0
REALS = sympy.S.Reals
n = sympy.Symbol("n", integer=True, nonnegative=True)
top, bottom, climb = sympy.symbols("top bottom climb", real=True)
d = sympy.Symbol("d", integer=True)
beta = sympy.Function("beta", real=True)
lever, force, weight = sympy.symbols("lever force weight", real=True)
z, y = sympy.symbols("z y", real=True)


def statement(
    name: str, variables: dict, assumptions: dict, claims: dict, uses: tuple = (), forms: int = 1
) -> Statement:
    variant = Variant(
        assumptions=tuple(Assumption(key, relation, key) for key, relation in assumptions.items()),
        claims=tuple(Claim(key, Sense.UPPER, relation, key) for key, relation in claims.items()),
    )
    return Statement(
        id=name,
        title=name,
        kind=Kind.LEMMA,
        source=Source(name, page=1),
        variables=tuple(Variable(symbol, domain, str(symbol)) for symbol, domain in variables.items()),
        variants=dict.fromkeys(("printed", "corrected")[:forms], variant),
        proof_uses=uses,
    )


LEMMA = statement(
    "lemma",
    {lever: sympy.Interval(1, sympy.oo), force: REALS, weight: REALS},
    {"enough": Ge(force, 2)},
    {"lifted": Le(weight, lever * force)},
)
TWO_FORMS = replace(
    LEMMA, id="two-forms", variants={"printed": LEMMA.variant("printed"), "corrected": LEMMA.variant("printed")}
)
MAIN = statement(
    "main",
    {n: NATURALS, top: REALS, bottom: REALS, climb: REALS},
    {"slope": Le(climb, 1)},
    {"height": Le(top, bottom + n)},
)

SEQUENCE = Step("sequence", "", "let", sympy.And(Eq(beta(0), bottom), Eq(beta(n), top)))
ONE_STEP = Step("one-step", "", "let", sympy.And(Ge(d, 0), Le(d, n - 1)))
RISE = Le(beta(d + 1), beta(d) + climb)
INCREMENT = Step("increment", "", "citation", RISE)
AT_MOST_ONE = Step(
    "at-most-one", "", "smt", Le(beta(d + 1), beta(d) + 1), given=(RISE, Le(climb, 1)), cites=("increment", "slope")
)
CLIMBED = Step(
    "climbed",
    "",
    "finite-induction",
    Le(beta(n), beta(0) + n),
    given=(Ge(n, 0, evaluate=False),),
    data={
        "variable": d,
        "start": sympy.Integer(0),
        "until": n,
        "hypothesis": Le(beta(d), beta(0) + d),
        "recursion": (Le(beta(d + 1), beta(d) + 1),),
    },
)
HEIGHT = Step(
    "height",
    "",
    "smt",
    Le(top, bottom + n),
    given=(Eq(beta(0), bottom), Eq(beta(n), top), Le(beta(n), beta(0) + n)),
    cites=("sequence", "climbed"),
)
PROOF = (SEQUENCE, ONE_STEP, INCREMENT, AT_MOST_ONE, CLIMBED, HEIGHT)


def found(steps: tuple[Step, ...], main: Statement = MAIN, form: str = "printed") -> list[str]:
    return gaps(main, form, steps, {s.id: s for s in (main, LEMMA, TWO_FORMS)})


def with_steps(**changed: Step | None) -> tuple[Step, ...]:
    """The good proof with steps put in the place of others, or left out."""
    new = {name.replace("_", "-"): step for name, step in changed.items()}
    return tuple(step for old in PROOF if (step := new.get(old.id, old)) is not None)


def test_a_chain_that_hangs_together_has_no_gaps() -> None:
    assert found(PROOF) == []
    assert found(()) == []


def test_that_a_thing_equals_itself_need_not_come_from_anywhere() -> None:
    for other, expected in ((climb, 0), (top, 1)):
        given = (*HEIGHT.given, Eq(climb, other, evaluate=False))
        assert len(found(with_steps(height=replace(HEIGHT, given=given)))) == expected


def let(*relations: object) -> Step:
    return Step("arbitrary", "", "let", sympy.And(*relations))


def definition(*relations: object) -> Step:
    return Step("names", "", "definition", sympy.And(*relations))


def specialized(relation: object, **where: object) -> Step:
    symbols = {"d": d, "z": z, "y": y}
    values = {symbols[name]: sympy.sympify(value) for name, value in where.items()}
    return Step("special", "", "specialization", relation.subs(values), given=(relation,), data={"where": values})


ABOVE = Ge(z, 1)
FAULTS = {
    "given from nowhere": (with_steps(climbed=None), "is given, but it is no assumption"),
    "given before it is concluded": (
        (SEQUENCE, ONE_STEP, AT_MOST_ONE, INCREMENT, CLIMBED, HEIGHT),
        "at-most-one: ",
    ),
    "a claim that no step concludes": (with_steps(height=None), "no step concludes the claim height"),
    "a recursion from nowhere": (with_steps(at_most_one=None), "climbed: "),
    "cites what is not there": (with_steps(height=replace(HEIGHT, cites=("slop",))), "cites slop"),
    "a definition that reuses a name": ((*PROOF, definition(Eq(top, 1))), "names: Eq(top, 1) says something of top"),
    "a definition that names twice": ((*PROOF, definition(Eq(z, 1), Eq(z, n))), "a name is defined twice"),
    "definitions by one another": ((*PROOF, definition(Eq(z, y + n), Eq(y, z - 1))), "names: "),
    "a let about what is known": ((*PROOF, let(Ge(z, 0), Le(top, 5))), "top <= 5 says something of top"),
    "a meaning of what is known": (
        (*PROOF, Step("means", "", "meaning", sympy.And(Le(top, bottom), Eq(climb, z)))),
        "top <= bottom says something of",
    ),
    "special values of what is not arbitrary": (
        (*PROOF, definition(Eq(z, 1)), specialized(Eq(z, 1), z=2)),
        "z was not introduced as arbitrary",
    ),
    "special values of a variable of the statement": (
        (*PROOF, Step("special", "", "specialization", Le(5, 1), given=(Le(climb, 1),), data={"where": {climb: 5}})),
        "climb was not introduced as arbitrary",
    ),
    "special values outside of what was let": ((*PROOF, let(ABOVE), specialized(ABOVE, z=0)), "which z must satisfy"),
    "special values for a name that depends on another": (
        (*PROOF, let(ABOVE), definition(Eq(y, z**2)), specialized(Eq(y, z**2), z=2)),
        "y may be another thing for another z",
    ),
    "a recursion with a smaller range": (
        with_steps(one_step=replace(ONE_STEP, conclusion=sympy.And(Ge(d, 1), Le(d, n - 1)))),
        "d was introduced with d >= 1",
    ),
    "a recursion with a smaller range by way of a name": (
        with_steps(one_step=replace(ONE_STEP, conclusion=sympy.And(Ge(d, 0), Le(d, n - 1), Ge(z, 1), Le(z, d)))),
        "climbed: ",
    ),
    "a recursion at the place where two names agree": (
        with_steps(one_step=replace(ONE_STEP, conclusion=sympy.And(Ge(d, 0), Le(d, n - 1), Eq(z, d), Eq(z, n - d)))),
        "two values",
    ),
    "a recursion that nobody says is for every d": (
        with_steps(one_step=Step("one-step", "", "citation", sympy.And(Ge(d, 0), Le(d, n - 1)))),
        "d was not introduced as arbitrary",
    ),
    "a hypothesis about what changes with d": (
        (
            *PROOF[:3],
            definition(Eq(z, n - d)),
            AT_MOST_ONE,
            replace(CLIMBED, data={**CLIMBED.data, "hypothesis": Le(beta(d), beta(0) + n - z)}),
            HEIGHT,
        ),
        "z may be another thing for another d",
    ),
    "an integer that need not be one": ((*PROOF, let(Eq(sympy.Symbol("q", integer=True), top / 2))), "q is an integer"),
    "a local symbol with a sign": (
        (*PROOF, definition(Eq(sympy.Symbol("q", positive=True), top))),
        "q has a sign by itself",
    ),
    "a let symbol with a sign": ((*PROOF, let(Le(sympy.Symbol("q", positive=True), 5))), "q has a sign by itself"),
}


@pytest.mark.parametrize(("steps", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_noticed(steps: tuple[Step, ...], expected: str) -> None:
    assert [gap for gap in found(steps) if expected in gap], found(steps)


USER = replace(MAIN, proof_uses=("lemma",))
ENOUGH = Step("enough", "", "citation", Ge(z, 2))
LIFTED = applied("lifted", "", LEMMA, "printed", "lifted", {lever: 3, force: z})


def test_an_application_needs_what_the_statement_assumes() -> None:
    assert found((*PROOF, ENOUGH, LIFTED), USER) == []
    assert any("z >= 2 is given" in gap for gap in found((*PROOF, LIFTED), USER))


def test_what_is_applied_must_be_listed_and_what_is_listed_used() -> None:
    assert any("applies lemma, which is not among" in gap for gap in found((*PROOF, ENOUGH, LIFTED)))
    assert found(PROOF, USER) == ["the proof is said to use lemma, but no step does"]


def test_the_corrected_form_applies_corrected_forms() -> None:
    main = replace(
        MAIN, proof_uses=("two-forms",), variants=dict.fromkeys(("printed", "corrected"), MAIN.variant("printed"))
    )
    right = applied("lifted", "", TWO_FORMS, "corrected", "lifted", {lever: 3, force: z})
    wrong = applied("lifted", "", TWO_FORMS, "printed", "lifted", {lever: 3, force: z})
    assert found((*PROOF, ENOUGH, right), main, "corrected") == []
    expected = "lifted: applies two-forms as printed where its corrected form is to be applied"
    assert expected in found((*PROOF, ENOUGH, wrong), main, "corrected")
    assert found((*PROOF, ENOUGH, wrong), main, "printed") == []
    single = replace(main, variants={"printed": MAIN.variant("printed")})  # it serves in both worlds
    assert expected in found((*PROOF, ENOUGH, wrong), single)
    assert found((*PROOF, ENOUGH, right), single) == []


def test_two_applications_do_not_speak_of_the_same_thing() -> None:
    again = applied("again", "", LEMMA, "printed", "lifted", {lever: 1, force: z})
    assert any("weight was another thing" in gap for gap in found((*PROOF, ENOUGH, LIFTED, again), USER))
    other = applied("again", "", LEMMA, "printed", "lifted", {lever: 1, force: z, weight: y})
    assert found((*PROOF, ENOUGH, LIFTED, other), USER) == []


def test_what_an_applied_statement_speaks_of_is_not_constrained_beforehand() -> None:
    assert found((*PROOF, ENOUGH, let(Eq(weight, y)), LIFTED), USER) == []
    assert found((*PROOF, ENOUGH, let(Ge(weight, 100)), LIFTED), USER) != []


def test_what_is_random_in_one_step_is_not_fixed_in_another() -> None:
    mean = Step(
        "mean", "", "expectation", Eq(Expectation(2 * z), 6), given=(Eq(Expectation(z), 3),), data={"means": {z: 3}}
    )
    known = Step("known", "", "citation", Eq(Expectation(z), 3))
    out = Step("out", "", "expectation", Eq(Expectation(z), z, evaluate=False), data={"fixed": [z]})
    assert found((*PROOF, known, mean)) == []
    assert any("out: z is fixed here, but it is random" in gap for gap in found((*PROOF, known, mean, out)))


def test_an_assumption_about_one_n_gives_no_recursion_for_every_n() -> None:
    falls = Le(beta(n + 1), beta(n))
    whole = Step("all", "", "induction", Le(beta(n), beta(0)), data={"variable": n, "start": 0, "recursion": (falls,)})
    main = statement("main", {n: NATURALS}, {"falls": falls}, {"below": Le(beta(n), beta(0))})
    assert found((whole,), main) == []
    late = statement("main", {n: NATURALS}, {"late": Ge(n, 5)}, {"below": Le(beta(n), beta(0))})
    derived = Step("derived", "", "citation", falls)
    assert any("late speaks of n" in gap for gap in found((derived, whole), late))
