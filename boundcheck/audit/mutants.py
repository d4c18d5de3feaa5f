"""Mutants of statements and of their proofs: one relation made wrong in one place, in every way that slips happen."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.core.statement import Statement, Variant
from boundcheck.core.step import Step

from .domain_facts import step_symbols
from .finding import Domains
from .relations import canonical, parts, same

KINDS = ("constant", "exponent", "sign", "extreme", "complement", "dropped", "index")
UNIT = sympy.Interval.open(0, 1)
INDEX = re.compile(r"_(?:(\d)|l|\{l\+(\d)\})")
# What is not taken apart: it binds symbols.
BINDING = (sympy.Derivative, sympy.Subs, sympy.Lambda, sympy.Sum, sympy.Integral)
Change = tuple[Boolean, Boolean]


@dataclass(frozen=True)
class Mutant:
    """changes: (relation, what it becomes), the place's own first; true stands for an assumption that is dropped."""

    statement: str
    variant: str
    place: str
    kind: str
    changes: tuple[Change, ...]

    def text(self) -> str:
        """The change in one line."""
        original, mutated = self.changes[0]
        becomes = "dropped" if mutated == sympy.true else f"{original} -> {mutated}"
        return f"{self.statement} ({self.variant}), {self.place}, {self.kind}: {becomes}"


def mutants_of(statement: Statement, variant_name: str, domains: Domains) -> list[Mutant]:
    """Every mutant of one variant, in a fixed order."""
    variant = statement.variant(variant_name)
    symbols = set(domains) | set().union(*(step_symbols(step) for step in variant.proof))
    ways = _Ways(symbols, domains)
    found: dict[object, Mutant] = {}
    for place, change_again in _places(variant):
        original = change_again(None)[0][0]
        for kind, mutated in ways.of(original, droppable=place.startswith("assumption")):
            changes = change_again(mutated)
            mutant = Mutant(statement.id, variant_name, place, kind, changes)
            found.setdefault((place, canonical(mutated)), mutant)
    return list(found.values())


def spread(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """So many mutants: statement by statement in turn, and of each the kind that was chosen least."""
    generator = random.Random(seed)
    queues: dict[str, dict[str, list[Mutant]]] = {}
    for mutant in mutants:
        queues.setdefault(mutant.statement, {}).setdefault(mutant.kind, []).append(mutant)
    for kinds in queues.values():
        for queue in kinds.values():
            generator.shuffle(queue)
    chosen: list[Mutant] = []
    taken: Counter[tuple[str, str]] = Counter()
    while len(chosen) < count and any(queues.values()):
        for name in sorted(queues):
            kinds = queues[name]
            if kinds and len(chosen) < count:
                kind = min(kinds, key=lambda kind: (taken[name, kind], KINDS.index(kind)))  # noqa: B023
                taken[name, kind] += 1
                chosen.append(kinds[kind].pop())
                if not kinds[kind]:
                    del kinds[kind]
    return chosen


def put_into(statement: Statement, mutant: Mutant) -> Statement:
    """The statement with its variant mutated wherever the relation stands, in its assumptions, claims and steps."""
    variant = statement.variant(mutant.variant)
    kind, _, name = mutant.place.partition(" ")
    new = mutant.changes[0][1]
    if kind == "assumption":
        kept = (a for a in variant.assumptions if not (a.id == name and new == sympy.true))
        variant = replace(variant, assumptions=tuple(replace(a, relation=new) if a.id == name else a for a in kept))
    elif kind == "claim":
        variant = replace(
            variant, claims=tuple(replace(c, relation=new) if c.id == name else c for c in variant.claims)
        )
    elif kind == "definition":
        definitions = {s: new.rhs if str(s) == name else value for s, value in variant.definitions.items()}
        variant = replace(variant, definitions=definitions)
    proof = tuple(changed_step(step, mutant.changes) for step in variant.proof)
    return replace(statement, variants={**statement.variants, mutant.variant: replace(variant, proof=proof)})


def changed_step(step: Step, changes: Sequence[Change]) -> Step:
    """The step with the relations changed wherever it holds them; the step itself if it holds none of them."""
    if not any(_holds(node, changes) for node in (step.conclusion, *step.given, step.data)):
        return step
    given = tuple(_changed(relation, changes) for relation in step.given)
    return replace(
        step,
        conclusion=_changed(step.conclusion, changes),
        given=tuple(relation for relation in given if relation != sympy.true),
        data=_changed(step.data, changes),
    )


def _holds(node: Any, changes: Sequence[Change]) -> bool:
    if isinstance(node, Boolean):
        return any(_original(part, changes) is not None for part in parts(node))
    if isinstance(node, Mapping):
        return any(_holds(value, changes) for value in node.values())
    return isinstance(node, tuple | list) and any(_holds(part, changes) for part in node)


def _changed(node: Any, changes: Sequence[Change]) -> Any:
    if isinstance(node, Boolean):
        return sympy.And(*(part if (new := _original(part, changes)) is None else new for part in parts(node)))
    if isinstance(node, Mapping):
        return {key: _changed(value, changes) for key, value in node.items()}
    if isinstance(node, tuple | list):
        return type(node)(_changed(part, changes) for part in node)
    return node


def _original(part: Boolean, changes: Sequence[Change]) -> Boolean | None:
    """What a relation becomes; None if it is not among those that change."""
    form = canonical(part)
    return next((new for original, new in changes if canonical(original) == form), None)


class _Place:
    """One relation that is mutated, and what must change along with it."""

    def __init__(self, original: Boolean, step: Step | None = None) -> None:
        self._original, self._step = original, step

    def __call__(self, mutated: Boolean | None) -> tuple[Change, ...]:
        own = (self._original, self._original if mutated is None else mutated)
        if self._step is None:
            return (own,)
        n, until = self._step.data["variable"], self._step.data["until"]
        return own, (self._step.conclusion, own[1].subs(n, until))


def _places(variant: Variant) -> Iterator[tuple[str, _Place]]:
    stated = [a.relation for a in variant.assumptions] + [c.relation for c in variant.claims]
    for assumption in variant.assumptions:
        yield f"assumption {assumption.id}", _Place(assumption.relation)
    for claim in variant.claims:
        yield f"claim {claim.id}", _Place(claim.relation)
    for symbol, value in variant.definitions.items():
        yield f"definition {symbol}", _Place(sympy.Eq(symbol, value, evaluate=False))
    for step in variant.proof:
        if step.rule == "finite-induction":
            yield f"hypothesis {step.id}", _Place(step.data["hypothesis"], step)
        for part in parts(step.conclusion):
            if isinstance(part, Boolean) and not any(same(part, relation) for relation in stated):
                yield f"step {step.id}", _Place(part)


class _Ways:
    """How the relations of one proof can be mutated."""

    def __init__(self, symbols: Iterable[sympy.Basic], domains: Domains) -> None:
        self._unit = {s for s in symbols if s in domains and domains[s].domain == UNIT}
        by_name = {str(s): s for s in sorted(symbols, key=str)}
        self._neighbours = {s: [by_name[n] for n in _neighbours(name) if n in by_name] for name, s in by_name.items()}

    def of(self, relation: Boolean, droppable: bool) -> Iterator[tuple[str, Boolean]]:
        """(kind, relation) of every mutation that changes what the relation says by its form."""
        if droppable:
            yield "dropped", sympy.true
        for kind, mutated in self._all(relation):
            undefined = mutated.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) and not relation.has(sympy.oo)
            if mutated not in (sympy.true, sympy.false) and not undefined and not same(relation, mutated):
                yield kind, mutated

    def _all(self, relation: Boolean) -> Iterator[tuple[str, Boolean]]:
        if isinstance(relation, Relational) and relation.rhs != 0:
            for factor in (sympy.Integer(2), sympy.Rational(1, 2)):
                yield "constant", relation.func(relation.lhs, factor * relation.rhs, evaluate=False)
        for symbol in sorted(relation.free_symbols & self._unit, key=str):
            yield "complement", _unevaluated(relation, {symbol: 1 - symbol})
        yield from self._inside(relation)

    def _inside(self, node: Any) -> Iterator[tuple[str, Any]]:
        """Mutations at every position of an expression, from the outside in."""
        if isinstance(node, BINDING):
            return
        yield from self._here(node)
        if node.is_Pow:
            yield from ((kind, new**node.exp) for kind, new in self._inside(node.base))
            return
        for position, argument in enumerate(node.args):
            for kind, new in self._inside(argument):
                arguments = [*node.args[:position], new, *node.args[position + 1 :]]
                unevaluated = {"evaluate": False} if isinstance(node, Relational) else {}
                yield kind, node.func(*arguments, **unevaluated)

    def _here(self, node: Any) -> Iterator[tuple[str, Any]]:
        if node.is_Rational:
            yield from (("constant", value) for value in ((2 * node, node / 2) if node != 0 else (sympy.Integer(1),)))
        elif node.is_Pow:
            yield from (("exponent", node.base ** (node.exp + step)) for step in (1, -1))
        elif node.is_Add:
            yield from (("sign", node - 2 * term) for term in node.args)
        elif isinstance(node, sympy.Max | sympy.Min):
            yield "extreme", (sympy.Min if isinstance(node, sympy.Max) else sympy.Max)(*node.args)
        elif isinstance(node, AppliedUndef) and all(argument.is_integer for argument in node.args):
            yield from (("index", node.func(*(argument + step for argument in node.args))) for step in (1, -1))
        elif node.is_Symbol:
            others = self._neighbours.get(node, [])
            if not others and node.is_integer:
                others = [node + 1, node - 1]
            yield from (("index", other) for other in others)


def _neighbours(name: str) -> Iterator[str]:
    """Names with the next and the previous index: n_2 and n_1, n_{l+1} and n_l."""
    for match in INDEX.finditer(name):
        plain, shift = match.group(1), match.group(2)
        place = int(plain or shift or 0)
        for other in (place + 1, place - 1):
            written = f"_{other}" if plain else ("_l" if other == 0 else f"_{{l+{other}}}")
            yield name[: match.start()] + written + name[match.end() :]


def _unevaluated(relation: Boolean, values: Mapping[sympy.Basic, sympy.Basic]) -> Boolean:
    if not isinstance(relation, Relational):
        whole: Boolean = relation.xreplace(values)
        return whole
    result: Boolean = relation.func(relation.lhs.xreplace(values), relation.rhs.xreplace(values), evaluate=False)
    return result
