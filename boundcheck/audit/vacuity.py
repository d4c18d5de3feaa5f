"""Whether a statement is about anything: numbers that meet its assumptions; or that its assumptions contradict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

import boundcheck.exact.registered  # noqa: F401  (evaluates BinomialCdf and LeastDraws)
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.statement import Statement, Variant
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import rational_text
from boundcheck.exact.evaluate import decide

from .chain import SETTING
from .domain_facts import domain_relations
from .finding import Domains
from .form_facts import form_facts
from .smt_encoding import Encoding
from .smt_solvers import EFFORT, Answer, by_z3


@dataclass(frozen=True)
class Vacuity:
    """PROVED if ``instance`` meets every assumption, VACUOUS if none can, else UNKNOWN with the reason in ``note``."""

    status: Status
    note: str = ""
    instance: Mapping[str, str] = field(default_factory=dict)


def vacuity(statement: Statement, variant: Variant) -> Vacuity:
    """Decide every assumption of a variant exactly at the statement's instance."""
    used: dict[str, Fraction] = {}
    for assumption in variant.assumptions:
        relation = variant.expand(assumption.relation)
        try:
            point = _numbers(relation, statement.instance)
            verdict = decide(relation, point)
        except (BoundcheckError, ArithmeticError, ValueError, KeyError) as error:
            return _without_instance(variant, statement, f"{assumption.id}: {type(error).__name__}: {error}")
        if verdict is not Verdict.HOLDS:
            return _without_instance(variant, statement, f"{assumption.id} is {verdict} at the instance")
        used |= {str(node): value for node, value in point.items()}
    domains = {str(v.symbol): v.domain for v in statement.variables if v.domain is not None}
    for name, value in used.items():
        if name in domains and domains[name].contains(sympy.Rational(value)) != sympy.true:
            return Vacuity(Status.UNKNOWN, f"the instance has {name} = {value}, outside of its domain")
    return Vacuity(Status.PROVED, "", {name: rational_text(value) for name, value in sorted(used.items())})


def _numbers(relation: sympy.Basic, instance: Mapping[str, Fraction]) -> dict[sympy.Basic, Fraction]:
    """Numbers for the symbols, and for whole norms and expectations, which the instance names as they print."""
    found: dict[sympy.Basic, Fraction] = {}
    open_nodes = [relation]
    while open_nodes:
        node = open_nodes.pop()
        if node.is_Symbol or str(node) in instance:
            found[node] = instance[str(node)]
        else:
            open_nodes += node.args
    return found


def _without_instance(variant: Variant, statement: Statement, note: str) -> Vacuity:
    domains: Domains = {variable.symbol: variable for variable in statement.variables}
    if contradict([variant.expand(a.relation) for a in variant.assumptions], domains):
        return Vacuity(Status.VACUOUS, "the assumptions contradict one another (z3)")
    return Vacuity(Status.UNKNOWN, note)


def contradiction(variant: Variant, steps: Sequence[Step], domains: Domains) -> str | None:
    """That the assumptions contradict what the proof itself sets, from which anything would follow; None if not shown.

    What the steps conclude is left out: it follows, or a step says that it does not.
    """
    set_by_proof = [step.conclusion for step in steps if step.rule in SETTING]
    if set_by_proof and contradict([*(a.relation for a in variant.assumptions), *set_by_proof], domains):
        return "the assumptions and what the proof sets contradict one another"
    return None


def contradict(relations: Sequence[sympy.Basic], domains: Domains) -> bool:
    """Whether z3 shows that no real numbers meet all the relations."""
    symbols = set().union(*(relation.free_symbols for relation in relations))
    facts = [*relations, *domain_relations(symbols, domains)]
    encoding = Encoding()
    formulas = [encoding.relation(relation) for relation in (*facts, *form_facts(facts, domains))]
    answer, _, _ = by_z3(encoding, [*formulas, *encoding.definitions], EFFORT)
    return answer is Answer.UNSAT
