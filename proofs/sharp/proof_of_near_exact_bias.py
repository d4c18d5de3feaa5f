"""The bias by waves: smoothing only raises E|y|, by an amount that two bands tell; a wave is |y| but far out."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_of_a_unit import zeta
from .in_the_mean import linear
from .kinked_unit import FOLD, FOLDED_BIAS, KINK
from .near_exact_bias import (
    CLAIMS,
    SYMMETRIC,
    WIDER,
    WINDOW,
    band,
    by_waves,
    eta,
    near_eta,
    near_zeta,
    period,
    series,
    smoothed,
    wave,
    wide_series,
    wide_wave,
)
from .notation import sixth_moment

CLAIM = {claim.id: claim.relation for claim in CLAIMS}
SIXTH = sympy.Eq(sixth_moment, Expectation(zeta**6))
ONCE = sympy.S.One
ON_BOTH_SIDES = {factor: smoothed(factor) + smoothed(-factor) for factor in (ONCE, WIDER)}
RISEN = ON_BOTH_SIDES[ONCE] / 2
TAKEN_BACK = 3 * RISEN - ON_BOTH_SIDES[WIDER]
SMOOTHED = {
    "above": sympy.Le(Expectation(FOLD), Expectation(smoothed(ONCE))),
    "below": sympy.Ge(Expectation(FOLD), 3 * Expectation(smoothed(ONCE)) - 2 * Expectation(smoothed(WIDER))),
}


def means(factor: sympy.Expr) -> sympy.Expr:
    return Expectation(smoothed(factor)) + Expectation(smoothed(-factor))


def _in_the_mean(
    name: str, text: str, pointwise: sympy.Basic, inner: sympy.Expr, apart: sympy.Expr
) -> tuple[Step, ...]:
    """From a relation of |z + zeta| and ``inner`` at every outcome to the one of the means."""
    mean = pointwise.func(Expectation(FOLD), Expectation(inner))
    return (
        Step(f"smoothed-{name}", text, "smt", pointwise),
        Step(f"smoothed-{name}-mean", "in the mean", "expectation", mean, (pointwise,), (f"smoothed-{name}",)),
        linear(f"smoothed-{name}-apart", "summand by summand", inner, {}, apart),
        Step(
            f"smoothed-{name}-claim",
            "eta is symmetric",
            "smt",
            SMOOTHED[name],
            (mean, sympy.Eq(Expectation(inner), apart, evaluate=False), SYMMETRIC.relation),
            (f"smoothed-{name}-mean", f"smoothed-{name}-apart", "symmetric"),
        ),
    )


SMOOTHING = (
    *_in_the_mean("above", "Jensen: |y| <= (|y + eta| + |y - eta|)/2", sympy.Le(FOLD, RISEN), RISEN, means(ONCE) / 2),
    *_in_the_mean(
        "below",
        "3/2 eta raises by at least 3/2 as much",
        sympy.Ge(FOLD, TAKEN_BACK),
        TAKEN_BACK,
        3 * means(ONCE) / 2 - means(WIDER),
    ),
)


def beyond(value: sympy.Expr, limit: sympy.Expr) -> sympy.Expr:
    """(|value| - limit)_+."""
    return sympy.Max(sympy.Abs(value) - limit, 0)


OF_ZETA = sympy.Rational(5**5, 6**6) * zeta**6 / near_zeta**5
FAR_OUT = sympy.Le(beyond(zeta, near_zeta), OF_ZETA)
FAR = Step("far-out", "6^6 (r - 1) <= 5^5 r^6, with equality at r = 6/5", "smt", FAR_OUT)


def _waves(name: str, factor: sympy.Expr, value: sympy.Symbol) -> tuple[tuple[Step, ...], dict[str, sympy.Basic]]:
    """E T <= E|y| <= E T + 2 (what zeta and eta are beyond A and B) at y = z + zeta + factor eta."""
    y, n = smoothed(factor), sympy.Symbol(f"n_{name}", real=True)
    next_one, distance = sympy.Ge(n, 1), sympy.Eq(value, sympy.Min(y, sympy.Abs(y - n * period)))
    of_eta = beyond(factor * eta, near_eta)
    bound = value + 2 * (OF_ZETA + of_eta)
    under, over = sympy.Le(value, y), sympy.Le(y, value + 2 * sympy.Max(y - period / 2, 0))
    apart = sympy.Le(sympy.Max(y - period / 2, 0), beyond(zeta, near_zeta) + of_eta)
    within = sympy.Le(y, bound)
    bound_mean = (
        Expectation(value)
        + 2 * sympy.Rational(5**5, 6**6) / near_zeta**5 * Expectation(zeta**6)
        + 2 * Expectation(of_eta)
    )
    tail = sympy.Le(Expectation(of_eta), 32 / (sympy.pi * (band / factor) ** 3 * near_eta**2))
    found = {
        "under": sympy.Le(Expectation(value), Expectation(y)),
        "over": sympy.Le(Expectation(y), Expectation(bound)),
        "apart": sympy.Eq(Expectation(bound), bound_mean, evaluate=False),
        "tail": tail,
    }
    steps = (
        Step(f"{name}-next", "let n L be the multiple nearest to |y| but for 0", "let", next_one),
        Step(f"{name}", "the wave's value", "meaning", distance),
        Step(f"{name}-under", "zero is a multiple", "smt", under, (distance,), (name,)),
        Step(f"{name}-over", "|y| is the wave up to half a period", "smt", over, (distance, next_one),
             (name, f"{name}-next")),
        Step(f"{name}-split", "beyond it, zeta or eta is large", "smt", apart, (WINDOW.relation,), ("window",)),
        Step(f"{name}-within", "together", "smt", within, (over, apart, FAR_OUT),
             (f"{name}-over", f"{name}-split", "far-out")),
        Step(f"{name}-under-mean", "in the mean", "expectation", found["under"], (under,), (f"{name}-under",)),
        Step(f"{name}-within-mean", "and from above", "expectation", found["over"], (within,), (f"{name}-within",)),
        linear(f"{name}-apart", "A is not random", bound, {}, bound_mean),
        Step(
            f"{name}-tail",
            "eta's density is at most 96/(pi W^3 x^4)",
            "citation",
            tail,
            data={
                "source": "Feller 1971, An Introduction to Probability Theory and Its Applications II, section XV.2 "
                "(the density whose characteristic function is a triangle, here squared)",
                "takes": "the integral of (x - B) 192/(pi W^3 x^4) from B on",
            },
        ),
    )  # fmt: skip
    return steps, found


NARROW, OF_NARROW = _waves("wave", ONCE, wave)
WIDE, OF_WIDE = _waves("wide-wave", WIDER, wide_wave)


def _by_series(name: str, conclusion: sympy.Basic, weights: str) -> Step:
    return Step(
        name,
        "the wave's Fourier series, each cosine's mean a product of two as eta is independent and symmetric",
        "citation",
        conclusion,
        data={
            "source": "Tolstov 1976, Fourier Series, chapter 1 (the series of |x|); Feller 1971, An Introduction to "
            "Probability Theory and Its Applications II, section XV.2 (eta's characteristic function)",
            "takes": "the series of the triangle wave, which converges uniformly, and the fourfold convolution of a "
            f"uniform density, {weights}",
        },
    )


PROOFS = {
    ("sharp-near-exact-bias", "printed"): (
        Step("sixth", "mu_6 is a moment of zeta", "meaning", SIXTH),
        *KINK[:-1],
        *SMOOTHING,
        FAR,
        *NARROW,
        *WIDE,
        _by_series("series", sympy.Eq(Expectation(wave), by_waves(series), evaluate=False), "of band W"),
        _by_series("wide-series", sympy.Eq(Expectation(wide_wave), by_waves(wide_series), evaluate=False), "of 2 W/3"),
        Step(
            "above",
            "which is the claim",
            "smt",
            CLAIM["above"],
            (FOLDED_BIAS, SIXTH, SMOOTHED["above"], *(OF_NARROW[key] for key in ("over", "apart", "tail"))),
            ("folded-bias", "sixth", "smoothed-above-claim", "wave-within-mean", "wave-apart", "wave-tail"),
        ),
        Step(
            "below",
            "and this one, E T <= E|y|",
            "smt",
            CLAIM["below"],
            (
                *(FOLDED_BIAS, SIXTH, SMOOTHED["below"], OF_NARROW["under"]),
                *(OF_WIDE[key] for key in ("over", "apart", "tail")),
            ),
            (
                *("folded-bias", "sixth", "smoothed-below-claim", "wave-under-mean"),
                *("wide-wave-within-mean", "wide-wave-apart", "wide-wave-tail"),
            ),
        ),
    )
}
