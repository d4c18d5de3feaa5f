"""A statement's claims at one drawn block: whether its assumptions hold there, and the right sides."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy.core.relational import Relational

import boundcheck.exact.registered  # noqa: F401  (teaches evaluate the binomial tail)
from boundcheck.core.errors import LibraryError
from boundcheck.core.experiment import Experiment, Known
from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Assumption, Claim, Statement, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball
from boundcheck.exact.evaluate import Value, decide, exact_value
from boundcheck.library import library


@dataclass(frozen=True, eq=False)
class Bound:
    """An experiment with one variant of its statement."""

    statement: Statement
    variant_name: str
    experiment: Experiment

    @property
    def variant(self) -> Variant:
        """The variant itself."""
        return self.statement.variant(self.variant_name)

    def claim(self, name: str) -> Claim:
        """The variant's claim of that id."""
        return self.variant.claim(name)

    def unmet(self, values: Mapping[Known, Fraction], *, in_the_mean: bool) -> str | None:
        """Why an assumption does not hold, or is not decided, at the instance; None if all hold.

        in_the_mean: those that only the passage to one realization needs are left out.
        """
        for assumption in self.variant.assumptions_of(self.experiment.claim):
            if assumption.id in self.experiment.by_construction:
                continue
            if in_the_mean and assumption.id in self.experiment.of_one_realization:
                continue
            problem = self._problem(assumption, values)
            if problem is not None:
                return problem
        return None

    def _problem(self, assumption: Assumption, values: Mapping[Known, Fraction]) -> str | None:
        relation = self.variant.expand(assumption.relation)
        missing = [known for known in self._quantities(relation) if known not in values]
        if missing:
            return f"{assumption.id}: no finite {missing[0].value}"
        verdict = decide(relation, self.values(values))
        return None if verdict is Verdict.HOLDS else f"{assumption.id}: {assumption.meaning} ({verdict})"

    def _quantities(self, expression: sympy.Basic) -> Iterator[Known]:
        for symbol in sorted(expression.free_symbols, key=str):
            if symbol not in self.experiment.binding:
                raise LibraryError(f"{self.statement.id}: the experiment of {self.experiment.claim} binds no {symbol}")
            yield self.experiment.binding[symbol]

    def values(self, values: Mapping[Known, Number]) -> dict[sympy.Symbol, Number]:
        """Symbol by symbol, as far as the quantities are known."""
        return {symbol: values[known] for symbol, known in self.experiment.binding.items() if known in values}

    def right_side(self, name: str, values: Mapping[Known, Number]) -> Value:
        """A claim's right side: the sum of its terms where it has some, since they divide by no zero."""
        claim = self.claim(name)
        assert isinstance(claim.relation, Relational)
        whole = sympy.Add(*(term.expression for term in claim.terms)) if claim.terms else claim.relation.rhs
        return exact_value(self.variant.expand(whole), self.values(values))

    def knows_right_side(self, values: Mapping[Known, Number]) -> bool:
        """Whether every symbol of the claim's right side has a value."""
        relation = self.claim(self.experiment.claim).relation
        assert isinstance(relation, Relational)
        return all(known in values for known in self._quantities(self.variant.expand(relation.rhs)))

    def right_side_in_the_mean(self, values: Mapping[Known, Number]) -> Value:
        """What bounds the mean over the draws: the right side without the factor of the passage to one realization."""
        complete = {Quantity.EPSILON: Fraction(1, 2), **values}  # the quotient does not depend on it
        factor = exact_value(self.experiment.factor, self.values(complete))
        return ball(self.right_side(self.experiment.claim, complete)) / ball(factor)

    def count_holds(self, name: str, values: Mapping[Known, Number], counted: Number) -> Verdict:
        """Whether a claim about a number of units holds when that number is ``counted``."""
        relation = self.claim(name).relation
        assert isinstance(relation, Relational) and relation.lhs.is_Symbol
        return decide(self.variant.expand(relation), {**self.values(values), relation.lhs: counted})

    def holds(self, name: str, values: Mapping[Known, Number]) -> Verdict:
        """Whether a claim holds where all its symbols are known."""
        return decide(self.variant.expand(self.claim(name).relation), self.values(values))

    def least_count(self, values: Mapping[Known, Number]) -> int:
        """Of how many units the claim holds at least."""
        assert self.experiment.counted is not None
        relation = self.claim(self.experiment.counted).relation
        assert isinstance(relation, Relational)
        count = exact_value(self.variant.expand(relation.rhs), self.values(values))
        assert isinstance(count, Fraction)
        return math.ceil(count)


def bounds(statements: frozenset[str] | None, variants: frozenset[str] | None) -> list[Bound]:
    """Every experiment of the wanted statements (all if None) with each wanted variant that they have.

    A statement that needed no correction has one variant, the printed one, and that counts as corrected.
    """
    found = []
    for paper in library(proofs=False).papers.values():
        for experiment in paper.experiments:
            if statements is not None and experiment.statement not in statements:
                continue
            statement = paper.statements[experiment.statement]
            is_final = len(statement.variants) == 1
            for name in statement.variants:
                if variants is None or name in variants or (is_final and "corrected" in variants):
                    found.append(Bound(statement, name, experiment))
    return found
