from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundcheck.core.errors import InputError
from boundcheck.exact import operator_norm as module
from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.operator_norm import largest_entry, operator_norm

rng = np.random.default_rng(7)


def relative_width(x: arb) -> float:
    return float(x.rad() / abs(x.mid()))


def precise_norm(matrix: np.ndarray) -> arb:
    with mpmath.workdps(60):
        largest = max(mpmath.svd_r(mpmath.matrix(matrix.astype(np.float64).tolist()), compute_uv=False))
        return arb(mpmath.nstr(largest, 50))


@pytest.mark.parametrize(
    ("matrix", "norm"),
    [
        ([[1.0, 1.0], [0.0, 1.0]], (1 + ball(5).sqrt()) / 2),
        ([[3.0, 0.0], [0.0, -4.0]], arb(4)),
        ([[1.0, 2.0], [2.0, 4.0]], arb(5)),
        ([[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]], arb(2)),
        ([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], ball(6).sqrt()),
        ([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], ball(3).sqrt()),
    ],
)
def test_norms_known_in_closed_form(matrix, norm):
    enclosure = operator_norm(np.array(matrix))
    assert enclosure.overlaps(norm) and enclosure.contains(norm.mid()) and relative_width(enclosure) < 1e-13


@pytest.mark.parametrize("shape", [(6, 6), (3, 17), (17, 3), (25, 20)])
def test_against_a_precise_singular_value_decomposition(shape):
    matrix = rng.standard_normal(shape)
    assert operator_norm(matrix).contains(precise_norm(matrix))
    assert relative_width(operator_norm(matrix)) < 1e-12


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.floats(-8, 8)))
def test_no_vector_is_stretched_beyond_it_and_one_nearly_that_much(matrix):
    enclosure = operator_norm(matrix)
    tall = [[Fraction(float(entry)) for entry in row] for row in matrix]
    vector = [Fraction(float(entry)) for entry in np.linalg.svd(matrix)[2][0]]
    image = [sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in tall]
    stretched = (ball(sum(i * i for i in image)) / ball(sum(v * v for v in vector))).sqrt()
    assert not enclosure < stretched
    assert enclosure.lower() <= stretched.upper() * (1 + arb(1e-9))


@pytest.mark.parametrize("scale", [2.0**-1060, 2.0**-700, 2.0**-30, 2.0**600, 2.0**1015])
def test_very_small_and_very_large_matrices(scale):
    matrix = np.array([[1.0, 1.0], [0.0, 1.0]]) * scale
    assert (operator_norm(matrix) / scale).contains(((1 + ball(5).sqrt()) / 2).mid())
    assert relative_width(operator_norm(matrix)) < 1e-13


def test_entries_of_very_different_size():
    assert operator_norm(np.diag([1e300, 1e-300, 5e-324])).contains(ball(1e300))
    assert operator_norm(np.diag([2.0**1000, 2.0**-1074])).overlaps(arb(2) ** 1000)


def test_vectors_and_zero_are_as_exact_as_they_can_be():
    assert operator_norm(np.array([[3.0, 4.0]])) == 5 and operator_norm(np.array([[3.0], [4.0]])) == 5
    assert operator_norm(np.array([[-2.5]])) == 2.5
    assert operator_norm(np.zeros((3, 4))) == 0


def test_rank_one_and_repeated_singular_values():
    u, v = rng.standard_normal(150), rng.standard_normal(130)
    product = ball(0)
    columns = sum((Fraction(float(b)) ** 2 for b in v.round(3)), Fraction(0))
    rows = sum((Fraction(float(a)) ** 2 for a in u.round(3)), Fraction(0))
    product = (ball(rows) * ball(columns)).sqrt()
    enclosure = operator_norm(np.outer(u.round(3), v.round(3)))
    assert abs(enclosure - product) < 1e-11 * product  # the outer product's entries were rounded
    assert operator_norm(np.eye(150)).contains(1)
    assert operator_norm(np.ones((150, 200))).contains(ball(30000).sqrt().mid())


def test_a_large_matrix_is_enclosed_narrowly():
    matrix = rng.standard_normal((1000, 1000))
    enclosure = operator_norm(matrix)
    assert relative_width(enclosure) < 1e-10
    assert float(enclosure.mid()) == pytest.approx(np.linalg.norm(matrix, 2), rel=1e-10)


@pytest.mark.parametrize("error", [0.5, 0.999, 1.001, 3.0])
def test_a_wrong_guess_of_the_eigenvalue_costs_width_only(monkeypatch, error):
    matrix = rng.standard_normal((8, 12))
    original = module._largest_eigenpair

    def wrong(symmetric):
        value, _ = original(symmetric)
        return error * value, rng.standard_normal((8, 1))

    monkeypatch.setattr(module, "_largest_eigenpair", wrong)
    assert operator_norm(matrix).contains(precise_norm(matrix))


def test_a_failed_guess_leaves_the_frobenius_norm(monkeypatch):
    matrix = rng.standard_normal((8, 12))
    monkeypatch.setattr(module, "_largest_eigenpair", lambda symmetric: None)
    enclosure = operator_norm(matrix)
    assert enclosure.contains(precise_norm(matrix)) and enclosure.upper() < 1.001 * np.linalg.norm(matrix)


def test_a_wrong_factor_widens_the_bound(monkeypatch):
    """The proof must not rest on Cholesky: with a factor that is too small the bound has to grow, not shrink."""
    matrix = rng.standard_normal((8, 12))
    monkeypatch.setattr(np.linalg, "cholesky", lambda symmetric: np.zeros_like(symmetric))
    assert operator_norm(matrix).contains(precise_norm(matrix))


def test_a_wrong_factor_and_a_wrong_guess_together(monkeypatch):
    matrix = rng.standard_normal((8, 12))
    monkeypatch.setattr(module, "_largest_eigenpair", lambda symmetric: (1e-3, rng.standard_normal((8, 1))))
    monkeypatch.setattr(np.linalg, "cholesky", lambda symmetric: np.zeros_like(symmetric))
    assert operator_norm(matrix).contains(precise_norm(matrix))


def test_the_radii_count_in_the_distance():
    gram = BallMatrix(np.zeros((2, 2)), np.full((2, 2), 0.5))
    assert module._distance(1.0, gram, np.eye(2)) >= 1  # the members reach +-1/2 in all four entries, of norm 1


def test_half_and_single_precision():
    for dtype in (np.float16, np.float32):
        matrix = rng.standard_normal((6, 9)).astype(dtype)
        assert operator_norm(matrix).contains(precise_norm(matrix))


def test_the_largest_entry_is_exact():
    assert largest_entry(np.array([[0.1, -0.7], [0.3, 0.0]])) == ball(0.7)
    assert largest_entry(np.zeros((2, 2))) == 0


@pytest.mark.parametrize("measure", [operator_norm, largest_entry])
@pytest.mark.parametrize(
    "matrix", [np.array([[np.nan]]), np.array([[1.0, np.inf]]), np.zeros((0, 2)), np.array([[1, 2]])]
)
def test_bad_matrices_are_refused(measure, matrix):
    with pytest.raises(InputError):
        measure(matrix)


def test_the_radii_of_a_ball_matrix_count_in_its_norm():
    """Members of norm 2 and 1: the identity with 1/2 added everywhere, or subtracted."""
    lower, upper = module.norm_bounds(BallMatrix(np.eye(2), np.full((2, 2), 0.5)))
    assert lower <= 1 and upper >= 2


def test_a_bound_on_eigenvalues_is_refused_below_one():
    gram = BallMatrix(np.diag([1.0, 3.0]), np.zeros((2, 2)))
    assert module.eigenvalue_bound(gram, 2.999) is None
    assert 3 <= module.eigenvalue_bound(gram, 3.001) < 3.0011
