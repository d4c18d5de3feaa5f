"""The bias of a unit with a kink, by characteristic functions: |y| as a wave, and smoothed so that the series ends."""

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bias_of_a_unit import CENTRED, CONVEX, zeta
from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, POSITIVE_REALS, bias, leak, sixth_moment, z

eta, wave, wide_wave = sympy.symbols("eta T T'", real=True)
band = sympy.Symbol("W", positive=True)
period = sympy.Symbol("L", nonnegative=True)
near_zeta, near_eta = sympy.symbols("A B", positive=True)
count = sympy.Symbol("F", integer=True, positive=True)
WIDER = sympy.Rational(3, 2)


def _series(weight: str) -> Named:
    cosine = r"\mathbb{E}\cos(2 \pi l (z + \zeta)/L)"
    return Named(
        f"sum_l {weight}_l E cos(2 pi l (z + zeta)/L)/l^2",
        rf"\sum_{{l = 1, 3, \ldots, 2 F - 1}} {weight}_l\, {cosine}/l^{{2}}",
        real=True,
    )


series, wide_series = _series("w"), _series("w'")


def overshoot(width: sympy.Expr) -> sympy.Expr:
    """What |y| may be above the wave, halved, in the mean: of zeta beyond A and of eta, of that band, beyond B."""
    of_zeta = sympy.Rational(5**5, 6**6) * sixth_moment / near_zeta**5
    return of_zeta + 32 / (sympy.pi * width**3 * near_eta**2)


def by_waves(total: sympy.Expr) -> sympy.Expr:
    """Mean of the wave of period L by its series."""
    return period / 4 - 2 * period / sympy.pi**2 * total


def smoothed(factor: sympy.Expr) -> sympy.Expr:
    """|z + zeta + factor eta|."""
    return sympy.Abs(z + zeta + factor * eta)


SYMMETRIC = Assumption(
    "symmetric",
    sympy.And(*(sympy.Eq(Expectation(smoothed(f)), Expectation(smoothed(-f))) for f in (sympy.S.One, WIDER))),
    "eta is symmetric and independent of zeta",
    only_for=("above", "below"),
)
WINDOW = Assumption(
    "window",
    sympy.Eq(near_zeta + near_eta + sympy.Abs(z), period / 2),
    "half a period holds z, zeta up to A and eta up to B",
    only_for=("above", "below"),
)
ABOVE = Expectation(wave) + 2 * overshoot(band)
BELOW = 3 * Expectation(wave) - 2 * (Expectation(wide_wave) + 2 * overshoot(band / WIDER))
CLAIMS = (
    Claim(
        "series",
        Sense.EQUALITY,
        sympy.Eq(Expectation(wave), by_waves(series)),
        "w_l = S(2 l/(2 F + 1)), S(u) = 1 - 3 u^2/2 + 3 u^3/4 up to 1 and (2 - u)^3/4 up to 2: nothing is left out",
    ),
    Claim(
        "wide-series",
        Sense.EQUALITY,
        sympy.Eq(Expectation(wide_wave), by_waves(wide_series)),
        "w'_l = S(3 l/(2 F + 1)), zero from 2 on",
    ),
    Claim(
        "above",
        Sense.UPPER,
        sympy.Le(bias, (1 - leak) / 2 * (ABOVE - sympy.Abs(z))),
        "where phi has slope 1 above zero and s <= 1 below",
    ),
    Claim("below", Sense.LOWER, sympy.Ge(bias, (1 - leak) / 2 * (BELOW - sympy.Abs(z))), "there"),
)

STATEMENT = Statement(
    id="sharp-near-exact-bias",
    title="The bias of a unit with a kink, by waves",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 6", page=6),
    variables=(
        Variable(z, sympy.S.Reals, "the unit's dense preactivation"),
        Variable(zeta, None, "the random deviation of its preactivation, a real number"),
        Variable(sixth_moment, NONNEGATIVE_REALS, "sixth moment of zeta"),
        Variable(eta, None, "a random number of density (3 W/(8 pi)) sinc(W x/4)^4, sinc(u) = sin(u)/u"),
        Variable(count, POSITIVE_INTEGERS, "number of frequencies"),
        Variable(period, NONNEGATIVE_REALS, "period of the waves"),
        Variable(near_zeta, POSITIVE_REALS, "how far zeta mostly is from zero, at most"),
        Variable(near_eta, POSITIVE_REALS, "how far eta mostly is from zero, at most"),
        Variable(wave, None, "distance of z + zeta + eta to the nearest multiple of L"),
        Variable(wide_wave, None, "distance of z + zeta + 3 eta/2 to the nearest multiple of L"),
        Variable(series, sympy.S.Reals, "sum over the odd l"),
        Variable(wide_series, sympy.S.Reals, "the same with the weights of 3 eta/2"),
        Variable(leak, CONVEX, "slope of phi below zero, where it is 1 above"),
        Variable(bias, sympy.S.Reals, "mean of phi(z + zeta) - phi(z)"),
    ),
    variants={
        "printed": Variant(
            assumptions=(CENTRED, SYMMETRIC, WINDOW),
            claims=CLAIMS,
            definitions={band: 2 * sympy.pi * (2 * count + 1) / period},
        )
    },
)
