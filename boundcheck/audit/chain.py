"""Whether a proof's steps hang together: everything given comes from somewhere, and every claim is concluded.

Rules decide each step from what it says is given; here it is asked where that comes from. What is given must be an
assumption of the statement, one of its definitions, or the conclusion of an earlier step; names must be fresh when they
are introduced; and each claim must be some step's conclusion.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.statement import Statement, Variant
from boundcheck.core.step import Step
from boundcheck.core.substitution import put_in

from .domain_facts import domain_relations, domains_of
from .finding import Domains
from .relations import canonical, parts
from .status import form_of

# Steps of these rules name things and conclude nothing; a count of what is proved leaves them out.
SETTING = {"definition", "let", "meaning"}


@dataclass
class _Known:
    """What a step may take as given, and which symbols have been spoken of."""

    variant: Variant
    domains: Domains
    own: set[sympy.Basic] = field(default_factory=set)
    outcomes: set[sympy.Basic] = field(default_factory=set)
    relations: set[object] = field(default_factory=set)
    symbols: set[sympy.Basic] = field(default_factory=set)
    arbitrary: dict[sympy.Basic, Boolean] = field(default_factory=dict)
    introduced: list[tuple[set[sympy.Basic], set[sympy.Basic]]] = field(default_factory=list)
    applied: dict[sympy.Basic, object] = field(default_factory=dict)

    def introduce(self, step: Step) -> set[sympy.Basic]:
        """Take note of what a step speaks of; returns what is new."""
        spoken = _spoken_of(step.conclusion, *step.given)
        fresh = spoken - self.symbols
        self.symbols |= fresh
        self.introduced.append((fresh, spoken | set(step.data.get("where", {}).values())))
        return fresh

    def outcomes_apart_from(self, names: set[sympy.Basic]) -> set[sympy.Basic]:
        """What applied statements bound is not there to be chosen; it may only tell a variable of this statement."""
        return set() if names & self.own else self.outcomes

    def dependent(self, symbol: sympy.Basic) -> set[sympy.Basic]:
        """What was introduced with a symbol or by means of it, so that it may be another thing for another value."""
        found = {symbol}
        for fresh, spoken in self.introduced:
            free = set().union(*(part.free_symbols | {part} for part in spoken))
            if free & found:
                found |= fresh
        return found - {symbol}

    def add(self, relation: Boolean) -> None:
        for part in parts(relation):
            self.relations |= {canonical(part), self._expanded(part)}

    def holds(self, relation: Boolean) -> bool:
        if relation == sympy.true or (isinstance(relation, sympy.Eq) and relation.lhs == relation.rhs):
            return True
        return canonical(relation) in self.relations or self._expanded(relation) in self.relations

    def _expanded(self, relation: Boolean) -> object:
        return canonical(self.variant.expand(relation))


def gaps(
    statement: Statement, variant_name: str, steps: Sequence[Step], statements: Mapping[str, Statement]
) -> list[str]:
    """What is missing for the steps to be a proof of the variant's claims; nothing if there are no steps."""
    if not steps:
        return []
    variant = statement.variants.get(variant_name, statement.variants["printed"])
    domains = domains_of(statement, statements)
    own = {variable.symbol for variable in statement.variables}
    known = _Known(variant, domains, own, _outcomes(statement, statements) - own)
    for assumption in variant.assumptions:
        known.add(assumption.relation)
    for symbol, expression in variant.definitions.items():
        known.relations.add(canonical(sympy.Eq(symbol, expression, evaluate=False)))
    for relation in domain_relations(domains, domains):
        known.add(relation)
    # A variable without a domain, such as a vector, is a name alone: the first to speak of it says what it is.
    known.symbols |= {v.symbol for v in statement.variables if v.domain is not None} | set(variant.definitions)
    found: list[str] = []
    for number, step in enumerate(steps):
        found += [f"{step.id}: {problem}" for problem in _problems(step, known)]
        found += [f"{step.id}: {problem}" for problem in _citations(step, statement, variant, steps[:number])]
        found += [f"{step.id}: {problem}" for problem in _application(step, statement, variant_name, statements)]
        found += [f"{step.id}: {problem}" for problem in _same_objects(step, statement, statements, known)]
        known.add(step.conclusion)
        fresh = known.introduce(step)
        if step.rule == "let":
            known.arbitrary |= dict.fromkeys(fresh, step.conclusion)
        found += [f"{step.id}: {problem}" for problem in _unfounded(fresh - set(domains))]
    found += _fixed_and_random(statement, variant, steps)
    found += [f"no step concludes the claim {c.id}" for c in variant.claims if not _all_hold(known, c.relation)]
    return found + _unused(statement, steps)


def _outcomes(statement: Statement, statements: Mapping[str, Statement]) -> set[sympy.Basic]:
    """What the claims of the statements that the proof uses bound."""
    used = [variant for name in statement.proof_uses for variant in statements[name].variants.values()]
    relations = [claim.relation for variant in used for claim in variant.claims]
    return {r.lhs for r in relations if isinstance(r, Relational) and r.lhs.is_Symbol}


def _all_hold(known: _Known, relation: Boolean) -> bool:
    return all(known.holds(part) for part in parts(relation))


def _problems(step: Step, known: _Known) -> Iterator[str]:
    taken = [part for relation in (*step.given, *step.data.get("recursion", ())) for part in parts(relation)]
    for relation in taken:
        if not known.holds(relation):
            yield f"{relation} is given, but it is no assumption and no earlier conclusion"
    if step.rule in SETTING:
        for part in parts(step.conclusion):
            names = {part.lhs} if step.rule == "definition" else _spoken_of(part)
            if not names - known.symbols - known.outcomes_apart_from(names):
                yield f"{part} says something of {', '.join(map(str, sorted(names, key=str)))}, known already"
    if step.rule == "definition":
        yield from _definitions(step)
    if step.rule in ("definition", "let"):
        for part in parts(step.conclusion):
            is_value = isinstance(part, sympy.Eq) and _spoken_of(part) - known.symbols == {part.lhs}
            if is_value and part.lhs.is_integer and not part.rhs.is_integer:
                yield f"{part.lhs} is an integer, but {part.rhs} is not known to be one"
    if step.rule == "specialization":
        yield from _specialization(step, known)
    if step.rule == "finite-induction":
        yield from _range_of_induction(step, known)
    if step.rule == "induction" and step.data.get("recursion"):
        yield from _every_number(step, known)


def _definitions(step: Step) -> Iterator[str]:
    defined = [(part.lhs, part.rhs) for part in parts(step.conclusion)]
    if len({name for name, _ in defined}) != len(defined):
        yield "a name is defined twice"
    while ready := [d for d in defined if not d[1].free_symbols & {name for name, _ in defined}]:
        defined = [d for d in defined if d not in ready]
    if defined:
        yield f"{', '.join(sorted(str(name) for name, _ in defined))}: defined by one another"


def _unfounded(fresh: set[sympy.Basic]) -> Iterator[str]:
    """Symbols that SymPy takes to have a sign, although nothing says so."""
    for symbol in sorted(fresh, key=str):
        if isinstance(symbol, sympy.Symbol) and (symbol.is_nonnegative or symbol.is_nonpositive or symbol.is_nonzero):
            yield f"{symbol} has a sign by itself; give it none, and let a step say it"


def _specialization(step: Step, known: _Known) -> Iterator[str]:
    where = step.data.get("where", {})
    for symbol in where:
        if symbol not in known.arbitrary:
            yield f"{symbol} was not introduced as arbitrary, so nothing can be put in for it"
            continue
        for other in sorted(known.dependent(symbol) & _spoken_of(*step.given[:1]) - set(where), key=str):
            yield f"{other} may be another thing for another {symbol}, and nothing is put in for it"
        if symbol.is_integer and not sympy.sympify(where[symbol]).is_integer:
            yield f"{where[symbol]} is not known to be an integer, as {symbol} is"
        for part in (*parts(known.arbitrary[symbol]), *domain_relations([symbol], known.domains)):
            if not known.holds(put_in(part, where)):
                yield f"{part} at {where} is not known, which {symbol} must satisfy"


def _fixed_and_random(statement: Statement, variant: Variant, steps: Sequence[Step]) -> list[str]:
    """What a step takes out of an expectation must have no mean or variance of its own, here or in another step."""
    relations = [a.relation for a in variant.assumptions] + [claim.relation for claim in variant.claims]
    said = [step for step in steps if step.rule in SETTING or step.rule == "application"]
    relations += [relation for step in said for relation in (step.conclusion, *step.given)]
    moments = set().union(*(relation.atoms(Expectation, Variance) for relation in relations))
    random = {node.args[0] for node in moments if node.args[0].is_Symbol}
    random |= {symbol for step in steps for symbol in step.data.get("means", {})}
    named = {variable.symbol for variable in statement.variables if variable.domain is not None}
    found = []
    for step in steps:
        if step.rule == "expectation" and isinstance(step.conclusion, sympy.Eq):
            inside = set().union(*(node.free_symbols for node in step.conclusion.atoms(Expectation)))
            fixed = ((named & inside) | set(step.data.get("fixed", ()))) - set(step.data.get("means", {}))
            found += [f"{step.id}: {s} is fixed here, but it is random" for s in sorted(fixed & random, key=str)]
    return found


def _range_of_induction(step: Step, known: _Known) -> Iterator[str]:
    """The recursion was concluded for an arbitrary n, and must have been so for every n that the induction meets."""
    n, start, until = (step.data[name] for name in ("variable", "start", "until"))
    if n not in known.arbitrary:
        yield f"{n} was not introduced as arbitrary"
        return
    for other in sorted(known.dependent(n) & _spoken_of(step.data["hypothesis"], *step.data["recursion"]), key=str):
        yield f"{other} may be another thing for another {n}"
    allowed = {canonical(sympy.Ge(n, start)), canonical(sympy.Le(n, until - 1))}
    others = [part for part in parts(known.arbitrary[n]) if canonical(part) not in allowed]
    names = [part.lhs for part in others if _names(part, n, known)]
    named = {n, *names}
    if len(names) != len(set(names)):
        yield f"two values for one of {', '.join(map(str, names))} tell more of {n} than its range"
    for part in others:
        # Sequences may be said anything of: what holds at an arbitrary n holds along them.
        if part.free_symbols & named and not part.atoms(AppliedUndef) and not _names(part, n, known):
            yield f"{n} was introduced with {part}, which is more than {start} <= {n} <= {until} - 1"


def _every_number(step: Step, known: _Known) -> Iterator[str]:
    """What is assumed of one n gives no recursion for every n, unless it is the recursion."""
    n, recursion = step.data["variable"], {canonical(part) for part in step.data["recursion"]}
    for assumption in known.variant.assumptions:
        if n in assumption.relation.free_symbols and canonical(assumption.relation) not in recursion:
            yield f"{assumption.id} speaks of {n}, so the recursion may not hold for every {n}"


def _names(part: Boolean, n: sympy.Symbol, known: _Known) -> bool:
    """Whether a relation only gives a name to something else that came with n."""
    if not isinstance(part, sympy.Eq) or part.lhs == n or part.lhs in part.rhs.free_symbols:
        return False
    return bool(known.arbitrary.get(part.lhs) == known.arbitrary[n])


def _citations(step: Step, statement: Statement, variant: Variant, before: Sequence[Step]) -> Iterator[str]:
    known = {s.id for s in before} | {a.id for a in variant.assumptions} | {*statement.proof_uses, *statement.uses}
    for cited in step.cites:
        if cited not in known:
            yield f"cites {cited}, which is no earlier step, no assumption and no statement that the proof uses"
    if step.rule == "application" and step.data["statement"] not in statement.proof_uses:
        yield f"applies {step.data['statement']}, which is not among the statements that the proof uses"


def _application(
    step: Step, statement: Statement, variant_name: str, statements: Mapping[str, Statement]
) -> Iterator[str]:
    """A proof of one form must apply the same form of others; one that serves in both must apply corrected forms."""
    if step.rule != "application":
        return
    used = statements[step.data["statement"]]
    wanted = form_of(used, variant_name if len(statement.variants) > 1 else "corrected")
    if step.data["variant"] != wanted:
        yield f"applies {used.id} as {step.data['variant']} where its {wanted} form is to be applied"


def _same_objects(
    step: Step, statement: Statement, statements: Mapping[str, Statement], known: _Known
) -> Iterator[str]:
    """A variable of an applied statement that keeps its name is one thing: applied again, it needs another name."""
    if step.rule != "application":
        return
    own = {variable.symbol for variable in statement.variables}
    where = step.data.get("where", {})
    theirs = {variable.symbol for variable in statements[step.data["statement"]].variables} - own - set(where)
    # Where in the claim a name stands matters not: what the statement is applied to does.
    key = (step.data["statement"], frozenset(where.items()))
    for symbol in sorted(theirs & _spoken_of(step.conclusion), key=str):
        if known.applied.setdefault(symbol, key) != key:
            yield f"{symbol} was another thing when {known.applied[symbol]} was applied; give it a name of its own"


def _spoken_of(*relations: Boolean) -> set[sympy.Basic]:
    """Symbols, and sequences: undefined functions of an integer."""
    symbols = set().union(*(relation.free_symbols for relation in relations))
    return symbols | {node.func for relation in relations for node in relation.atoms(AppliedUndef)}


def _unused(statement: Statement, steps: Sequence[Step]) -> list[str]:
    used = {cited for step in steps for cited in step.cites} | {step.data.get("statement") for step in steps}
    return [f"the proof is said to use {name}, but no step does" for name in statement.proof_uses if name not in used]
