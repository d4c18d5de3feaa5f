"""Zeros, distinct values and bits, counted by hand and on weights rounded as quantizers round them."""

from fractions import Fraction

import numpy as np
import pytest

from boundcheck.compare.layer_sizes import coding, index_bits, step_bits, zero_columns, zero_rows

RANDOM = np.random.default_rng(0)


def as_float32(values: np.ndarray) -> np.ndarray:
    """What a file of single precision holds, widened."""
    return values.astype(np.float32).astype(np.float64)


def test_zero_rows_and_columns() -> None:
    weight = np.array([[0.0, -0.0, 0.0], [1.0, 0.0, 2.0]])
    assert (zero_rows(weight), zero_columns(weight)) == (1, 1)
    kernels = np.zeros((4, 3, 2, 2))
    kernels[[1, 2], 0, 1, 1] = 1
    assert (zero_rows(kernels), zero_columns(kernels)) == (2, 2)


@pytest.mark.parametrize(("distinct", "bits"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9)])
def test_index_bits(distinct: int, bits: int) -> None:
    assert index_bits(distinct) == bits


def test_a_table_by_hand() -> None:
    """Three values that are no multiples of one step, for 200 weights of 32 bits: 2 bits, and 96 for the table."""
    weight = as_float32(np.array([0.1, 0.7320508, 3.1415926])[RANDOM.integers(0, 3, size=(10, 20))])
    found = coding(weight, "float32")
    assert (found.distinct, found.way, found.bits) == (3, "table", 2 + Fraction(96, 200))


def test_random_weights_are_best_as_stored() -> None:
    found = coding(as_float32(RANDOM.normal(size=(30, 40))), "float32")
    assert (found.distinct, found.way, found.bits) == (1200, "as stored", 32)


def test_zero_and_minus_zero_are_one_value() -> None:
    assert coding(np.array([[0.0, -0.0, 2.0]]), "float64").distinct == 2
    assert coding(np.zeros((5, 5)), "float64").bits == Fraction(64, 25)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rounding_to_a_step_is_recognized(bits: int, dtype: str) -> None:
    """As int8 and its like are: one scale, symmetric integers, the product rounded to the file's type."""
    weight = RANDOM.normal(size=(60, 50)).astype(dtype)
    scale = np.abs(weight).max() / np.array(2 ** (bits - 1) - 1, dtype)
    rounded = (np.rint(weight / scale) * scale).astype(np.float64)
    found = coding(rounded, dtype)
    stored = int(dtype.removeprefix("float"))
    assert found.way == "step" and found.bits == bits + Fraction(stored, 3000)
    moved = rounded.copy()
    moved[3, 7] += scale / 3
    assert step_bits(np.unique(moved), dtype) is None or coding(moved, dtype).bits > found.bits


def test_a_step_for_each_row_is_recognized() -> None:
    weight = RANDOM.normal(size=(20, 300)).astype(np.float32)
    scale = np.abs(weight).max(axis=1, keepdims=True) / np.float32(127)
    found = coding((np.rint(weight / scale) * scale).astype(np.float64), "float32")
    assert (found.way, found.bits) == ("step per row", 8 + Fraction(20 * 32, 6000))


def test_integers_that_leave_gaps() -> None:
    """Multiples 0, 3, 5 of the step: the least gap is twice the step."""
    assert step_bits(np.array([0, 3, 5]) * 0.125, "float64") == 3
    assert step_bits(np.array([-4, 3, 5]) * 0.125, "float64") == 4
    assert step_bits(np.array([0.0]), "float64") == 0
    assert step_bits(np.array([0.3]), "float64") == 1


def test_rows_of_few_weights_gain_nothing_from_a_step() -> None:
    """A step for every row of one weight would only hide the weight."""
    assert coding(RANDOM.normal(size=(50, 1)), "float64").way == "as stored"
