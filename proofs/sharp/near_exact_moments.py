"""Mean and variance of a unit with any activation, from a function close to it whose mean is known."""

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bias_of_a_unit import CENTRED, zeta
from .notation import NONNEGATIVE_REALS, POSITIVE_REALS, bias, sixth_moment, unit_variance, v, z

# Random numbers: the activation's value at z + zeta less r, what is fitted to it, and what is fitted to its square.
value, fit, square_fit = sympy.symbols("G T_1 T_2", real=True)
centre, offset = sympy.symbols("c r", real=True)
half_width = sympy.Symbol("rho", positive=True)
reach = sympy.Symbol("beta", nonnegative=True)
at_dense = Named("phi(z)", r"\varphi(z)", real=True)
near, square_near = (Named(f"near_{i}", rf"\epsilon_{i}", nonnegative=True) for i in (1, 2))
far, square_far = (Named(f"far_{i}", rf"\gamma_{i}", nonnegative=True) for i in (1, 2))
COEFFICIENTS = sympy.symbols("a_0 a_1 a_2", real=True)

PLACE = (z + zeta - centre) / half_width
FARTHER = sympy.Max(sympy.Abs(PLACE) - reach, 0)
PARABOLA = sympy.Add(*(a * PLACE**power for power, a in enumerate(COEFFICIENTS)))
SHIFT = (z - centre) / half_width
PARABOLA_MEAN = sympy.Add(
    *(a * mean for a, mean in zip(COEFFICIENTS, (1, SHIFT, SHIFT**2 + v / half_width**2), strict=True))
)


def off(least: sympy.Expr, growth: sympy.Expr) -> sympy.Expr:
    """How far the means of a function and of its fit may be apart."""
    return least + growth * sixth_moment / half_width**6


WINDOW = Assumption(
    "window",
    sympy.Le(sympy.Abs(z - centre), reach * half_width),
    "z lies well inside of the window",
    only_for=("bias", "variance"),
)
FIT = Assumption(
    "fit",
    sympy.And(
        sympy.Le(sympy.Abs(value - fit), near + far * FARTHER**6),
        sympy.Le(sympy.Abs(value**2 - square_fit), square_near + square_far * FARTHER**6),
    ),
    "the fits are close to phi(z + zeta) - r and to its square, up to sixth powers far out",
    only_for=("bias", "variance"),
)
CLAIMS = (
    Claim(
        "bias",
        Sense.UPPER,
        sympy.Le(sympy.Abs(bias - (Expectation(fit) + offset - at_dense)), off(near, far)),
        "the bias by the fit's mean",
    ),
    Claim(
        "variance",
        Sense.UPPER,
        sympy.Le(
            unit_variance,
            Expectation(square_fit)
            + off(square_near, square_far)
            - sympy.Max(sympy.Abs(Expectation(fit)) - off(near, far), 0) ** 2,
        ),
        "the variance by both",
    ),
    Claim(
        "parabola",
        Sense.EQUALITY,
        sympy.Eq(Expectation(PARABOLA), PARABOLA_MEAN, evaluate=False),
        "the mean of a fit's parabola; that of its waves is the characteristic function of z + zeta, a product over "
        "independent draws",
    ),
)

STATEMENT = Statement(
    id="sharp-near-exact-moments",
    title="Mean and variance of a unit, by fits",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 6", page=6),
    variables=(
        Variable(z, sympy.S.Reals, "the unit's dense preactivation"),
        Variable(zeta, None, "the random deviation of its preactivation, a real number"),
        Variable(v, NONNEGATIVE_REALS, "variance of zeta"),
        Variable(sixth_moment, NONNEGATIVE_REALS, "sixth moment of zeta"),
        Variable(at_dense, sympy.S.Reals, "the activation at z"),
        Variable(centre, sympy.S.Reals, "centre of the window"),
        Variable(half_width, POSITIVE_REALS, "its half width"),
        Variable(reach, NONNEGATIVE_REALS, "share of it from which on the fits may be off more"),
        Variable(offset, sympy.S.Reals, "a number near the activation's values"),
        Variable(value, None, "phi(z + zeta) - r, a random number"),
        Variable(fit, None, "what is fitted to it, a random number"),
        Variable(square_fit, None, "what is fitted to its square"),
        Variable(near, NONNEGATIVE_REALS, "how far the first fit is off near the centre"),
        Variable(far, NONNEGATIVE_REALS, "how fast that grows"),
        Variable(square_near, NONNEGATIVE_REALS, "how far the second fit is off near the centre"),
        Variable(square_far, NONNEGATIVE_REALS, "how fast that grows"),
        *(Variable(a, sympy.S.Reals, "a coefficient of a fit's parabola") for a in COEFFICIENTS),
        Variable(bias, sympy.S.Reals, "mean of phi(z + zeta) - phi(z)"),
        Variable(unit_variance, NONNEGATIVE_REALS, "variance of phi(z + zeta) - phi(z)"),
    ),
    variants={"printed": Variant(assumptions=(CENTRED, WINDOW, FIT), claims=CLAIMS)},
)
