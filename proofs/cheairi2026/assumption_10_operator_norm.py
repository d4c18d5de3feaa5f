"""Assumption 1, item 10: operator norms are bounded."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variant

from .notation import C_1, OPERATOR_NORM, c_1, operator_norm

ASSUMPTION = Assumption(
    id="operator-norm",
    equation="(10)",
    relation=sympy.Le(operator_norm, c_1),
    meaning="the operator norm of every layer is at most c_1",
    scope=Scope.LAYER,
)

STATEMENT = Statement(
    id="assumption-10",
    title="operator norms are bounded",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=9, equations="(10)"),
    variables=(OPERATOR_NORM, C_1),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
