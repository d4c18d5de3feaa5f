"""Proposition 18: quantizing most entries of one layer."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Term,
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .notation import ALPHA, LEVELS, NONNEGATIVE_REALS, ONE_LAYER_VARIABLES, POSITIVE_REALS, draws, k, kappa, nu_1, phi
from .proposition_20_one_layer_independent_entries import ENTRIES, PROPAGATED, RADIUS, RANGE_OF_ALPHA, SECOND_ORDER

error = Named(
    "Pi^kappa", r"\Pi^{\kappa}\left( (\mathbf{1}\mathbf{1}^{\top} - M) \odot Q + M \odot W_1 \right)", nonnegative=True
)
unquantized = Named("||M||_0 / (n_1 n_2)", r"\frac{\| M \|_0}{n_1 n_2}", nonnegative=True)
value = Named("Q_ij", "Q_{ij}", real=True)
multiple = Named("j", "j", integer=True, nonnegative=True)
MULTIPLE = Variable(multiple, sympy.S.Naturals0, "which multiple of the step its absolute value is")
ROUNDING = SECOND_ORDER.subs(phi, 1 / k)

ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(67)",
    relation=sympy.Le(error, PROPAGATED + ROUNDING),
    meaning="there are a mask and a quantized matrix with this error",
    terms=(Term("carried on", PROPAGATED, "proposition-20"), Term("second order", ROUNDING, "lemma-15")),
)
UNQUANTIZED = Claim(
    id="kept",
    sense=Sense.EQUALITY,
    equation="(66)",
    relation=sympy.Eq(unquantized, 1 - draws(ENTRIES) / ENTRIES),
    meaning="share of entries that stay unquantized",
)


def quantized(value: sympy.Expr, step: sympy.Expr, with_zero: bool) -> Boolean:
    """|value| is the ``multiple``-th multiple of the step, with or without the zeroth."""
    least = 0 if with_zero else 1
    return sympy.And(sympy.Eq(sympy.Abs(value), multiple * step), sympy.Ge(multiple, least), sympy.Le(multiple, k))


def values(with_zero: bool) -> Claim:
    """The set that the quantized entries lie in."""
    return Claim(
        id="values",
        sense=Sense.EXISTENCE,
        relation=quantized(value, nu_1 / k, with_zero),
        meaning="every quantized entry is a multiple of nu_1/k up to nu_1, zero "
        + ("included" if with_zero else "left out"),
    )


ZERO_IS_A_VALUE = Correction(
    "zero joins the quantized values: 2 k + 1 of them",
    "The draw is zero with positive probability for |w| < nu_1/k, so the printed set misses values that the proof "
    "takes.",
    Consequence.CONDITION,
    "the set of quantized values",
    "values",
    ("values",),
)

STATEMENT = Statement(
    id="proposition-18",
    title="One layer, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 18", page=36, equations="(66)-(67)"),
    variables=(
        *ONE_LAYER_VARIABLES,
        ALPHA,
        LEVELS,
        Variable(kappa, POSITIVE_REALS, "projection radius behind the layer"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer, with projection"),
        Variable(unquantized, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
        Variable(value, sympy.S.Reals, "quantized entry"),
        MULTIPLE,
    ),
    variants={
        name: Variant(
            assumptions=(ZERO_AT_ZERO, LIPSCHITZ, *RANGE_OF_ALPHA, RADIUS),
            claims=(UNQUANTIZED, values(with_zero=name == "corrected"), ERROR),
            corrections=(ZERO_IS_A_VALUE,) if name == "corrected" else (),
        )
        for name in ("printed", "corrected")
    },
    uses=("assumption-7", "assumption-8"),
    proof_uses=("lemma-8", "proposition-20"),
)
