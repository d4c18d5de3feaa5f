"""Assumption 1, item 8: the activation is 1-Lipschitz."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variant

from .notation import LIPSCHITZ, lipschitz

ASSUMPTION = Assumption(
    id="activation-lipschitz",
    equation="(8)",
    relation=sympy.Le(lipschitz, 1),
    meaning="phi_l is 1-Lipschitz; a larger constant is absorbed into the weights",
    scope=Scope.LAYER,
)

STATEMENT = Statement(
    id="assumption-8",
    title="the activation is 1-Lipschitz",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=8, equations="(8)"),
    variables=(LIPSCHITZ,),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
