"""Inequalities between products of powers of positive quantities: in logarithms they, and their proofs, are linear."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import sympy
from sympy.core.relational import Relational

from boundcheck.audit.domain_facts import domain_relations, step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.monomials import Basis, Monomial, monomial
from boundcheck.audit.rules.smt import check as smt
from boundcheck.audit.signs import Signs
from boundcheck.audit.witness import search
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """Both sides are monomials in positive atoms; what is given, and what Max and Min imply, are combined linearly.

    PROVED by a combination with nonnegative coefficients that z3's exact linear arithmetic finds and exact rationals
    confirm; REFUTED by an exact point; UNKNOWN otherwise. Every atom is shown to be positive first.
    """
    relation = step.conclusion
    if not isinstance(relation, Relational) or relation.rel_op not in {"<=", ">="}:
        return Finding(Status.UNKNOWN, "the conclusion is no <= or >=")
    small, large = (relation.lhs, relation.rhs) if relation.rel_op == "<=" else (relation.rhs, relation.lhs)
    signs = Signs(step.given, domains)
    cases = list(product(*(extreme.args for extreme in _to_split(small, large))))
    for case in cases:
        chosen = dict(zip(_to_split(small, large), case, strict=True))
        reason = _follows(small.subs(chosen), large.subs(chosen), step, domains, signs)
        if reason is not None:
            return search(step, domains) or _by_smt(step, domains, reason)
    return Finding(Status.PROVED, f"a nonnegative combination of what is given, in logarithms ({len(cases)} cases)")


def _by_smt(step: Step, domains: Domains, reason: str) -> Finding:
    """A solver's opinion where there is no combination: it may find a witness that is not simple."""
    finding = smt(step, domains)
    return finding if finding.status is not Status.UNKNOWN else Finding(Status.UNKNOWN, reason)


def _to_split(small: sympy.Expr, large: sympy.Expr) -> list[sympy.Expr]:
    """Max on the small side and Min on the large one: the relation must hold for each of their arguments."""
    return sorted(small.atoms(sympy.Max) | large.atoms(sympy.Min), key=str)


def _follows(small: sympy.Expr, large: sympy.Expr, step: Step, domains: Domains, signs: Signs) -> str | None:
    """None if small <= large is shown; else why not."""
    try:
        sides = monomial(large), monomial(small)
    except ValueError as error:
        return str(error)
    for atom in _atoms(*sides):
        if not _is_positive(atom, signs):
            return f"{atom} is not shown to be positive"
    goal = sides[0].over(sides[1])
    facts = [quotient for relation in _facts(step, domains) for quotient in _quotients(relation, signs)]
    facts += _all_implied((goal, *facts), signs)
    weights = _combination(goal, facts)
    if weights is None:
        return "no nonnegative combination of what is given gives the conclusion"
    return None if _constant_is_at_least_one(goal, facts, weights) else "the constants do not suffice"


def _atoms(*monomials: Monomial) -> list[sympy.Expr]:
    """Every atom before anything cancels: a factor on both sides must be positive too."""
    return sorted({basis[0] for item in monomials for basis in item.exponents}, key=str)


def _facts(step: Step, domains: Domains) -> list[Relational]:
    """What is given, and the domains that bound a symbol away from zero; both as relations."""
    bounds = domain_relations(step_symbols(step), domains)
    return [r for r in (*step.given, *bounds) if isinstance(r, Relational)]


def _quotients(relation: Relational, signs: Signs) -> list[Monomial]:
    """The quotients that a relation says to be at least 1; none where a side is not shown to be positive."""
    if relation.rel_op in {"<=", "<"}:
        pairs = [(relation.rhs, relation.lhs)]
    elif relation.rel_op in {">=", ">"}:
        pairs = [(relation.lhs, relation.rhs)]
    elif relation.rel_op == "==":
        pairs = [(relation.lhs, relation.rhs), (relation.rhs, relation.lhs)]
    else:
        pairs = []
    return [quotient for large, small in pairs for quotient in _quotient(large, small, signs)]


def _quotient(large: sympy.Expr, small: sympy.Expr, signs: Signs) -> list[Monomial]:
    try:
        sides = monomial(large), monomial(small)
    except ValueError:  # zero or negative: it has no logarithm
        return []
    positive = all(_is_positive(atom, signs) for atom in _atoms(*sides))
    return [sides[0].over(sides[1])] if positive else []


def _all_implied(quotients: Sequence[Monomial], signs: Signs) -> list[Monomial]:
    """What every Max and Min in the quotients implies, and those that this brings in."""
    found: list[Monomial] = []
    done: set[sympy.Expr] = set()
    while new := {atom for atom in _atoms(*quotients, *found)} - done:
        done |= new
        found += [quotient for atom in sorted(new, key=str) for quotient in _implied(atom, signs)]
    return found


def _implied(atom: sympy.Expr, signs: Signs) -> list[Monomial]:
    """Max is at least, Min at most, each of its arguments."""
    if isinstance(atom, sympy.Max):
        return [quotient for argument in atom.args for quotient in _quotient(atom, argument, signs)]
    if isinstance(atom, sympy.Min):
        return [quotient for argument in atom.args for quotient in _quotient(argument, atom, signs)]
    return []


def _is_positive(atom: sympy.Expr, signs: Signs) -> bool:
    if atom.is_Rational:
        return bool(atom > 0)
    if isinstance(atom, sympy.Min | sympy.Max):
        # Powers with symbols in the exponent mean nothing to the solver, so the arguments are taken apart here.
        decide = all if isinstance(atom, sympy.Min) else any
        return decide(_product_is_positive(argument, signs) for argument in atom.args)
    return signs.sign(atom, strict=True) == 1


def _product_is_positive(expression: sympy.Expr, signs: Signs) -> bool:
    try:
        return all(_is_positive(atom, signs) for atom in _atoms(monomial(expression)))
    except ValueError:
        return False


def _combination(goal: Monomial, facts: Sequence[Monomial]) -> list[Fraction] | None:
    """Nonnegative rationals with which the facts' exponents add up to the goal's, the constants as large as can be."""
    import z3

    weights = [z3.Real(f"w{index}") for index in range(len(facts))]
    solver = z3.Optimize()
    solver.set("timeout", 10_000)
    solver.add(*(weight >= 0 for weight in weights))
    for basis in _bases(goal, facts):
        total = [
            weight * _real(fact.exponents.get(basis, Fraction(0))) for weight, fact in zip(weights, facts, strict=True)
        ]
        solver.add(z3.Sum(*total, z3.RealVal(0)) == _real(goal.exponents.get(basis, Fraction(0))))
    # The goal's constant must be at least the product of the facts' constants to these weights.
    cost = [weight * _logarithm(fact.constant) for weight, fact in zip(weights, facts, strict=True)]
    solver.maximize(z3.Sum(*cost, z3.RealVal(0)) * -1)
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    return [Fraction(str(model.eval(weight, model_completion=True).as_fraction())) for weight in weights]


def _bases(goal: Monomial, facts: Sequence[Monomial]) -> set[Basis]:
    return set().union(goal.exponents, *(fact.exponents for fact in facts))


def _real(value: Fraction) -> object:
    import z3

    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def _logarithm(constant: Fraction) -> object:
    """About log(constant): it only steers the choice of weights, which is confirmed exactly afterwards."""
    import math

    return _real(Fraction(math.log(constant)).limit_denominator(10**6))


def _constant_is_at_least_one(goal: Monomial, facts: Sequence[Monomial], weights: Sequence[Fraction]) -> bool:
    """goal / product of facts^weights >= 1 in exact rationals: raise it to the common denominator of the weights."""
    import math

    power = math.lcm(*(weight.denominator for weight in weights), 1)
    total = goal.constant**power
    for fact, weight in zip(facts, weights, strict=True):
        total /= fact.constant ** int(weight * power)
    return total >= 1
