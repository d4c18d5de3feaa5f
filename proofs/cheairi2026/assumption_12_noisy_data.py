"""Assumption 1, item 12: the labels are noisy."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, POSITIVE_REALS, label_noise, omega_noise

ASSUMPTION = Assumption(
    id="noisy-data",
    equation="(12)",
    relation=sympy.Ge(label_noise, omega_noise**2),
    meaning="no function of the input predicts the label with a mean squared error below omega squared",
    scope=Scope.NETWORK,
)

STATEMENT = Statement(
    id="assumption-12",
    title="the labels are noisy",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=9, equations="(12)"),
    variables=(
        Variable(label_noise, NONNEGATIVE_REALS, "mean squared noise"),
        Variable(omega_noise, POSITIVE_REALS, "its lower bound"),
    ),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
