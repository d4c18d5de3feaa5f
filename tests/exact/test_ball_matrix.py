from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import BallMatrix, absolute_row_sums, from_exact, multiply, norm_squared, row_norms


def exact(matrix: np.ndarray) -> list[list[Fraction]]:
    return [[Fraction(float(entry)) for entry in row] for row in matrix]


def exact_product(a: np.ndarray, b: np.ndarray) -> list[list[Fraction]]:
    rows, columns = exact(a), exact(b.T)
    return [[sum((p * q for p, q in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in rows]


def assert_contains(product: BallMatrix, true: list[list[Fraction]]) -> None:
    mid, rad = exact(product.mid), exact(product.rad)
    for i, row in enumerate(true):
        for j, entry in enumerate(row):
            assert abs(mid[i][j] - entry) <= rad[i][j], (i, j)


shapes = st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 5))


def matrix_of(draw: st.DataObject, rows: int, columns: int, exponents: int) -> np.ndarray:
    entry = st.floats(-1, 1).flatmap(lambda m: st.integers(-exponents, exponents).map(lambda k: float(np.ldexp(m, k))))
    entries = draw.draw(st.lists(entry, min_size=rows * columns, max_size=rows * columns))
    return np.array(entries).reshape(rows, columns)


@settings(max_examples=60)
@given(shapes, st.data(), st.sampled_from([0, 30, 500, 1000]))
def test_the_product_of_exact_matrices_is_contained(shape, data, exponents):
    n, k, m = shape
    a, b = matrix_of(data, n, k, exponents // 2), matrix_of(data, k, m, exponents // 2)
    assert_contains(multiply(from_exact(a), from_exact(b)), exact_product(a, b))


@pytest.mark.parametrize(("small", "large"), [(2.0**-1040, 2.0**900), (2.0**-1074, 2.0**1000), (2.0**-600, 2.0**-600)])
def test_products_of_very_different_scales_are_contained(small, large):
    rng = np.random.default_rng(1)
    a, b = small * rng.integers(-9, 9, (3, 40)), large * rng.standard_normal((40, 3))
    assert_contains(multiply(from_exact(a), from_exact(b)), exact_product(a, b))


@settings(max_examples=40)
@given(shapes, st.data())
def test_products_of_members_are_contained(shape, data):
    n, k, m = shape
    a = BallMatrix(matrix_of(data, n, k, 3), np.abs(matrix_of(data, n, k, 0)))
    b = BallMatrix(matrix_of(data, k, m, 3), np.abs(matrix_of(data, k, m, 0)))
    product = multiply(a, b)
    for s in (-1, 1):
        for t in (-1, 1):  # the corners, up to the rounding of mid + rad, which the second argument undoes
            corner_a, corner_b = a.mid + s * a.rad * 0.999, b.mid + t * b.rad * 0.999
            assert_contains(product, exact_product(corner_a, corner_b))


def test_rounding_errors_are_really_covered():
    """Of a product in float64 the midpoint is off, so a radius of zero would fail."""
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((4, 300)), rng.standard_normal((300, 4))
    product = multiply(from_exact(a), from_exact(b))
    true = exact_product(a, b)
    with pytest.raises(AssertionError):
        assert_contains(BallMatrix(product.mid, np.zeros_like(product.rad)), true)
    assert_contains(product, true)
    assert product.rad.max() < 1e-10


@given(st.data(), st.integers(1, 4), st.integers(1, 20), st.sampled_from([0, 500, 1000]))
def test_row_norms_are_upper_bounds_and_close(data, rows, columns, exponents):
    matrix = matrix_of(data, rows, columns, exponents)
    for bound, row in zip(row_norms(matrix), exact(matrix), strict=True):
        square = sum(entry**2 for entry in row)
        assert Fraction(float(bound)) ** 2 >= square
        assert bound < 1e-300 or Fraction(float(bound)) ** 2 <= square * (1 + Fraction(1, 10**7))


def test_the_norm_of_a_subnormal_row_is_rounded_up():
    assert row_norms(np.array([[5e-324, 5e-324]]))[0] >= 1e-323  # sqrt(2) units are more than one


def test_sums_and_squares():
    matrix = BallMatrix(np.array([[3.0, -4.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [0.0, 0.25]]))
    sums = absolute_row_sums(matrix)
    assert (sums >= [7.5, 1.25]).all() and sums == pytest.approx([7.5, 1.25])
    assert norm_squared(from_exact(matrix.mid)) == 26
    assert norm_squared(matrix).contains(3.5**2 + 16 + 1.25**2) and norm_squared(matrix).contains(2.5**2 + 16 + 0.75**2)
    around_zero = BallMatrix(np.zeros((1, 1)), np.full((1, 1), 0.5))
    assert norm_squared(around_zero).contains(0.25) and norm_squared(around_zero) < 0.26


def test_float16_is_widened_exactly():
    narrow = np.array([[0.1, 65504.0]], dtype=np.float16)
    widened = from_exact(narrow).mid
    assert widened.dtype == np.float64 and (widened == narrow).all()


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.0, np.nan]]),
        np.array([[np.inf]]),
        np.array([[1, 2]]),
        np.array([1.0]),
        np.zeros((0, 3)),
        np.array([[1j]]),
        np.array([[1.0]], dtype=np.longdouble),
    ],
)
def test_what_is_not_a_finite_matrix_of_floats_is_refused(array):
    with pytest.raises(InputError):
        from_exact(array)


def test_sizes_that_do_not_fit_and_overflow_are_refused():
    with pytest.raises(InputError, match="inner sizes"):
        multiply(from_exact(np.ones((2, 3))), from_exact(np.ones((2, 3))))
    with pytest.raises(InputError, match="scale the matrix down"):
        multiply(from_exact(np.full((2, 2), 1e200)), from_exact(np.full((2, 2), 1e200)))
    with pytest.raises(InputError, match="one shape"):
        BallMatrix(np.ones((2, 2)), np.ones((2, 1)))
