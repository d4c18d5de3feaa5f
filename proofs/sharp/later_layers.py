"""What an error in front of the later layers does to the network's output, by their derivative at the data point."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Term, Variable, Variant

from .notation import (
    NONNEGATIVE_REALS,
    curvature,
    error,
    fourth_moment,
    leak,
    linearized,
    lipschitz_behind,
    measured,
    remainder,
    slope_range,
    v,
    z,
)

left_out = Named("E R^2", r"\mathbb{E}\, R^{2}", nonnegative=True)
BENT = Assumption(
    "away-from-the-bend", sympy.Gt(z**2, 0), "the preactivation is not zero", only_for=("remainder-kink",)
)
ERROR = Claim(
    id="error",
    sense=Sense.UPPER,
    relation=sympy.Le(error, sympy.Min(lipschitz_behind**2 * measured, (sympy.sqrt(linearized) + remainder) ** 2)),
    meaning="mean squared error of the network's output",
    terms=(
        Term(
            "carried on",
            sympy.Min(lipschitz_behind**2 * measured, (sympy.sqrt(linearized) + remainder) ** 2),
            "sharp-later-layers",
        ),
    ),
)
BY_CURVATURE = Claim(
    "remainder-curvature",
    Sense.UPPER,
    sympy.Le(left_out, curvature**2 * fourth_moment / 4),
    "what a straight line leaves out of a smooth activation",
)
BY_SLOPES = Claim(
    "remainder-slopes",
    Sense.UPPER,
    sympy.Le(left_out, 4 * slope_range**2 * v),
    "what a straight line leaves out of any activation with slopes in a range",
)
BY_MIDDLE = Claim(
    "remainder-middle",
    Sense.UPPER,
    sympy.Le(left_out, slope_range**2 * v),
    "what the straight line with the middle one of all slopes leaves out of any activation",
)
BY_DISTANCE = Claim(
    "remainder-kink",
    Sense.UPPER,
    sympy.Le(left_out, (1 - leak) ** 2 * fourth_moment / (16 * z**2)),
    "what a straight line leaves out of a leaky ReLU away from its bend",
)

STATEMENT = Statement(
    id="sharp-later-layers",
    title="An error in front of the later layers",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, later layers", page=3),
    variables=(
        Variable(measured, NONNEGATIVE_REALS, "mean squared error E||Delta||^2 that enters the later layers"),
        Variable(lipschitz_behind, NONNEGATIVE_REALS, "Lipschitz constant of the later layers"),
        Variable(linearized, NONNEGATIVE_REALS, "mean squared image of Delta under their derivative at the data"),
        Variable(
            remainder,
            NONNEGATIVE_REALS,
            "sum over the later activations of sqrt(E||R||^2) times the Lipschitz constant behind them",
        ),
        Variable(error, NONNEGATIVE_REALS, "mean squared error of the network's output"),
        Variable(z, sympy.S.Reals, "preactivation of one unit of a later layer, with its bias"),
        Variable(v, NONNEGATIVE_REALS, "second moment of its change under the derivative"),
        Variable(fourth_moment, NONNEGATIVE_REALS, "fourth moment of that change"),
        Variable(left_out, NONNEGATIVE_REALS, "mean square of what the activation's slope at z leaves out there"),
        Variable(curvature, NONNEGATIVE_REALS, "Lipschitz constant of the activation's derivative"),
        Variable(slope_range, NONNEGATIVE_REALS, "half the range of the activation's slopes"),
        Variable(leak, sympy.S.Reals, "slope of the activation below zero, where it is 1 above"),
    ),
    variants={
        "printed": Variant(assumptions=(BENT,), claims=(ERROR, BY_CURVATURE, BY_SLOPES, BY_MIDDLE, BY_DISTANCE)),
    },
)
