"""What a claim rests on beside its steps: meanings, and what a let says beyond giving names."""

import sympy

from boundcheck.audit.trusted_base import trusted
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Step

x, y, t, d = sympy.symbols("x y t d", real=True)
a = sympy.Function("a", real=True)
CLAIM = sympy.Le(x, y)


def found(*steps: Step) -> list[str]:
    variant = Variant((), (Claim("c", Sense.UPPER, CLAIM, "m"),))
    variables = tuple(Variable(symbol, sympy.S.Reals, "m") for symbol in (x, y))
    statement = Statement("lemma-1", "t", Kind.LEMMA, Source("Lemma 1", 1), variables, {"printed": variant})
    return trusted(statement, variant, steps)


def let(relation: sympy.Basic) -> Step:
    return Step("setting", "s", "let", relation)


def conclude(*given: sympy.Basic) -> Step:
    return Step("end", "e", "smt", CLAIM, given=given)


def test_a_name_is_nothing_to_trust() -> None:
    assert found(let(sympy.Eq(t, x + y)), conclude(sympy.Eq(t, x + y))) == []
    assert found(let(sympy.Eq(a(0), x)), conclude(sympy.Eq(a(0), x))) == []


def test_a_let_that_says_more_is_trusted_if_the_claim_rests_on_it() -> None:
    squeezed = sympy.And(sympy.Ge(t, x), sympy.Le(t, y))  # which would give x <= y from nothing
    assert found(let(squeezed), conclude(*squeezed.args)) == ["setting"]
    assert found(let(squeezed), conclude()) == []
    twice = sympy.And(sympy.Eq(t, x), sympy.Eq(t, y))  # one name, two values
    assert found(let(twice), conclude(*twice.args)) == ["setting"]
    reading = sympy.Eq(x, t)  # says something of the statement's own x
    assert found(let(sympy.And(reading, sympy.Eq(t, y))), conclude(reading)) == ["setting"]


def test_a_meaning_is_trusted() -> None:
    assert found(Step("reading", "m", "meaning", sympy.Eq(x, t)), conclude(sympy.Eq(x, t))) == ["reading"]


def test_an_induction_uses_up_the_range_of_its_index_and_nothing_else() -> None:
    grows = sympy.Le(a(d + 1), a(d))
    last = sympy.Le(a(t), a(0))
    index = Step("index", "i", "let", sympy.And(sympy.Ge(d, 0), sympy.Le(d, t - 1)))
    step = Step("one-step", "o", "smt", grows, given=index.conclusion.args)
    induction = Step("sum", "s", "finite-induction", last, data={"variable": d, "recursion": (grows,)})
    assert found(index, step, induction, conclude(last)) == []
    pick = Step("pick", "p", "let", grows)
    assert found(index, Step("a", "a", "let", sympy.Eq(a(0), x)), pick, induction, conclude(last)) == ["pick"]
