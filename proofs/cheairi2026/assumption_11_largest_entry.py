"""Assumption 1, item 11: entries scale with the width."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variant

from .notation import C_2, LARGEST_ENTRY, LAYER_WIDTHS, c_2, largest_entry, scale_l

ASSUMPTION = Assumption(
    id="largest-entry",
    equation="(11)",
    relation=sympy.Le(largest_entry, c_2 * scale_l),
    meaning="every entry of W_l is at most c_2 over the root of its larger width",
    scope=Scope.LAYER,
)

STATEMENT = Statement(
    id="assumption-11",
    title="entries scale with the width",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=9, equations="(11)"),
    variables=(LARGEST_ENTRY, C_2, *LAYER_WIDTHS),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
