"""What a proof takes on trust beside its steps: how it reads the statement, and what it says of what it constructs.

A definition adds nothing. A meaning ties a variable to what it stands for. A ``let`` that only names things adds
nothing either. One that gives the range of an index is used up by the induction over it; one that says more (which
weight is picked, that some realization is not above the mean) is trusted wherever a claim rests on it.
"""

from collections.abc import Mapping, Sequence

import sympy
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from boundcheck.core.statement import Statement, Variant
from boundcheck.core.step import Step

from .relations import canonical, parts

Sources = Mapping[object, frozenset[str]]


def trusted(statement: Statement, variant: Variant, steps: Sequence[Step]) -> list[str]:
    """Ids of the meanings, and of the hypotheses, that the claims rest on."""
    sources: dict[object, frozenset[str]] = {}
    spoken = {variable.symbol for variable in statement.variables} | set(variant.definitions)
    ranges: dict[str, sympy.Basic] = {}
    for step in steps:
        rests = _given(step, sources, variant)
        if step.rule == "meaning":
            rests |= {step.id}
        if step.rule == "let" and (more := _says_more(step.conclusion, spoken)):
            rests |= {step.id}
            about = set.intersection(*(_symbols(part) for part in more)) - spoken
            ranges |= dict.fromkeys([step.id], next(iter(about))) if len(about) == 1 else {}
        if step.rule == "finite-induction":
            rests -= {name for name, n in ranges.items() if n == step.data["variable"]}
        for part in parts(step.conclusion):
            for form in _forms(part, variant):
                sources[form] = min(sources.get(form, rests), rests, key=len)
        spoken |= _symbols(step.conclusion)
    found: set[str] = set()
    for claim in variant.claims:
        for part in parts(claim.relation):
            found |= sources.get(_forms(part, variant)[0], frozenset())
    return [step.id for step in steps if step.id in found]


def _given(step: Step, sources: Sources, variant: Variant) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for relation in (*step.given, *step.data.get("recursion", ())):
        for part in parts(relation):
            options = [sources[form] for form in _forms(part, variant) if form in sources]
            found |= min(options, key=len, default=frozenset())
    return found


def _forms(relation: Boolean, variant: Variant) -> tuple[object, object]:
    return canonical(variant.expand(relation)), canonical(relation)


def _says_more(relation: Boolean, spoken: set[sympy.Basic]) -> list[Boolean]:
    """The parts of a let that do more than give one thing that is new one value: Eq, the thing alone on a side."""
    named: set[sympy.Basic] = set()
    more = []
    for part in parts(relation):
        sides = [side for side in part.args if side.is_Symbol or isinstance(side, AppliedUndef)]
        new = [side for side in sides if _head(side) not in spoken and side not in named]
        if isinstance(part, sympy.Eq) and new:
            named.add(new[0])
        else:
            more.append(part)
    return more


def _head(node: sympy.Basic) -> sympy.Basic:
    head: sympy.Basic = node.func if isinstance(node, AppliedUndef) else node
    return head


def _symbols(relation: Boolean) -> set[sympy.Basic]:
    return set(relation.free_symbols) | {node.func for node in relation.atoms(AppliedUndef)}
