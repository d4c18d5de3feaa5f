"""Assumption 1, item 9: the activation of a bottleneck layer is smooth."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variant

from .notation import CURVATURE, curvature

ASSUMPTION = Assumption(
    id="activation-curvature",
    equation="(9)",
    relation=sympy.Le(curvature, 1),
    meaning="phi_l is entrywise, twice differentiable, and its second derivative is at most 1 in absolute value",
    scope=Scope.BOTTLENECK,
)

STATEMENT = Statement(
    id="assumption-9",
    title="the activation of a bottleneck layer is smooth",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=8, equations="(9)"),
    variables=(CURVATURE,),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
