"""Makes the step that applies another statement: its claim at other values, from its assumptions at these values."""

from collections.abc import Mapping

import sympy
from sympy.logic.boolalg import Boolean

from .statement import Statement
from .step import Step
from .substitution import put_in


def applied(
    step_id: str,
    text: str,
    statement: Statement,
    variant: str,
    claim: str,
    where: Mapping[sympy.Basic, sympy.Basic | int],
    equation: str = "",
    given: tuple[Boolean, ...] = (),
) -> Step:
    """A step that concludes a claim of ``statement`` (in its printed form if it has no other) with values put in.

    where: symbol of that statement to expression of the proof; symbols that are left out stand for themselves.
    What is given are the statement's assumptions at these values, which the proof must have concluded before, and
    ``given``: what else shows that the values lie in the symbols' domains.
    """
    form = variant if variant in statement.variants else "printed"
    used = statement.variant(form)
    values = {symbol: sympy.sympify(value) for symbol, value in where.items()}

    assumptions = tuple(put_in(used.expand(assumption.relation), values) for assumption in used.assumptions_of(claim))
    return Step(
        step_id,
        text,
        "application",
        put_in(used.expand(used.claim(claim).relation), values),
        given=(*(relation for relation in assumptions if relation != sympy.true), *given),
        cites=(statement.id,),
        equation=equation,
        data={"statement": statement.id, "variant": form, "claim": claim, "where": values},
    )
