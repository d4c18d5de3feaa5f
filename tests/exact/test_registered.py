import math
from fractions import Fraction

import sympy
from flint import arb

import boundcheck.exact.registered  # noqa: F401  (its import is what is tested)
from boundcheck.core.functions import BinomialCdf, LeastDraws
from boundcheck.exact.ball import ball
from boundcheck.exact.binomial import least_draws
from boundcheck.exact.evaluate import evaluate

t, n, p, e = sympy.symbols("T N p epsilon")


def test_the_distribution_function_in_a_formula():
    formula = 1 - BinomialCdf(sympy.floor(t * n), n, p)
    assert evaluate(formula, {t: "1/2", n: 3, p: "1/2"}) == ball("0.5")
    assert evaluate(formula, {t: "1/2", n: ball("1/3") * 9, p: "1/2"}).is_nan()
    assert evaluate(BinomialCdf(t, n, p), {t: "1/2", n: 3, p: "1/2"}).is_nan()


def test_the_least_draws_in_a_formula():
    half, tenth = Fraction(1, 2), Fraction(1, 10)
    assert evaluate(LeastDraws(e, p, e), {e: tenth, p: half}) == least_draws(tenth, half, tenth)
    assert evaluate(LeastDraws(e, p, e), {e: -1, p: half}).is_nan()
    assert evaluate(LeastDraws(e, p, e), {e: tenth, p: ball("1/2") + arb.pi()}).is_nan()


def test_the_least_draws_for_balls_contain_those_for_their_points():
    half = Fraction(1, 2)
    wide = evaluate(LeastDraws(e, p, t), {e: arb(0.25, 0.05), t: arb(0.3, 0.1), p: half})
    for excess in (Fraction(21, 100), Fraction(29, 100)):
        for tolerance in (Fraction(21, 100), Fraction(39, 100)):
            assert wide.contains(least_draws(excess, half, tolerance))
    assert evaluate(LeastDraws(e, p, t), {e: math.inf, t: 1, p: half}).is_nan()


def test_their_latex():
    assert sympy.latex(BinomialCdf(t, n, p)) == r"\operatorname{P}\left(\operatorname{Bin}(N, p) \le T\right)"
    assert sympy.latex(LeastDraws(t, p, e)) == r"n_0\left(T, p, \epsilon\right)"
    assert sympy.latex(LeastDraws(t, p, e) ** 2) == r"{n_0\left(T, p, \epsilon\right)}^{2}"
