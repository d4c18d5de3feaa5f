"""Operators and named symbols: how they print, and what SymPy may assume of them."""

import pickle

import pytest
import sympy

from boundcheck.core.functions import BinomialCdf, LeastDraws
from boundcheck.core.operators import (
    Expectation,
    LargestEntry,
    Named,
    NonzeroCount,
    Norm,
    Probability,
    Projection,
    Variance,
)

x, kappa, p = sympy.symbols("x kappa p")
n = sympy.Symbol("n", integer=True, positive=True)
W = sympy.MatrixSymbol("W", n, n)


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (Norm(W), r"\left\| W \right\|"),
        (Norm(W) ** 2, r"\left\| W \right\|^{2}"),
        (LargestEntry(W), r"\left\| W \right\|_\infty"),
        (LargestEntry(W) ** 2, r"\left\| W \right\|_\infty^{2}"),
        (NonzeroCount(W), r"\left\| W \right\|_0"),
        (NonzeroCount(W) ** 2, r"\left\| W \right\|_0^{2}"),
        (Projection(x, kappa), r"\left[ x \right]_{\kappa}"),
        (Expectation(x), r"\mathbb{E}\left[ x \right]"),
        (Probability(sympy.Le(x, 1)), r"\mathbb{P}\left( x \leq 1 \right)"),
        (Variance(x), r"\operatorname{Var}\left( x \right)"),
        (BinomialCdf(x, n, p), r"\operatorname{P}\left(\operatorname{Bin}(n, p) \le x\right)"),
        (BinomialCdf(x, n, p) ** 2, r"{\operatorname{P}\left(\operatorname{Bin}(n, p) \le x\right)}^{2}"),
        (LeastDraws(x, p, kappa), r"n_0\left(x, p, \kappa\right)"),
    ],
    ids=str,
)
def test_latex(formula: sympy.Expr, latex: str) -> None:
    assert sympy.latex(formula) == latex


def test_norms_are_not_negative_and_counts_are_integers() -> None:
    assert all(operator(W).is_nonnegative for operator in (Norm, LargestEntry, NonzeroCount))
    assert NonzeroCount(W).is_integer
    assert sympy.Le(0, Norm(W)) == True  # noqa: E712  (SymPy's own true)


def test_the_number_of_arguments_of_probabilities_is_checked() -> None:
    with pytest.raises(TypeError):
        BinomialCdf(1, 2)
    with pytest.raises(TypeError):
        LeastDraws(1)


def test_a_named_symbol_prints_as_told_and_compares_by_name_and_assumptions() -> None:
    distance = Named("E||x - y||^2", r"\mathbb{E}\| x - y \|^{2}", nonnegative=True)
    assert sympy.latex(2 * distance) == r"2 \mathbb{E}\| x - y \|^{2}"
    assert str(distance) == "E||x - y||^2" and sympy.pretty(distance) == "E||x - y||^2"
    assert distance.is_nonnegative and (distance + 1).subs(distance, 3) == 4
    assert distance == Named("E||x - y||^2", "another form", nonnegative=True)
    assert distance != Named("E||x - y||^2", r"\mathbb{E}\| x - y \|^{2}")


def test_operators_survive_substitution_and_pickling() -> None:
    assert Norm(x).subs(x, kappa) == Norm(kappa)
    assert pickle.loads(pickle.dumps(Norm(kappa))) == Norm(kappa)
