"""Leaving zero rows out changes no output, whatever the activation is at zero."""

import numpy as np
import pytest

from boundcheck.compress.choice import Counted
from boundcheck.compress.measure import measure
from boundcheck.compress.merge import check_mergeable, merge
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Unit

from .test_measure import data, network, normal

ROWS = [Counted(1, Unit.ROWS, 6, 4)]


@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "softplus(3)"])
@pytest.mark.parametrize("biases", ["none", "first", "both"])
def test_rows(hidden: str, biases: str) -> None:
    first, second = normal(6, 4), normal(3, 6)
    bias = {"none": [None, None], "first": [normal(6), None], "both": [normal(6), normal(3)]}[biases]
    first[[0, 2, 5]] = 0
    if bias[0] is not None:
        bias[0][[0, 2]] = 0  # row 5 stays: its bias is not zero
    whole = network([first, second], bias, hidden)
    weights, new_biases, (merged,) = merge(whole, whole.weights, whole.biases, ROWS)
    left_out = 3 if bias[0] is None else 2
    assert [weight.shape for weight in weights] == [(6 - left_out, 4), (3, 6 - left_out)]
    assert (merged.layer, merged.left_out, merged.units) == (1, left_out, 6)
    assert (
        merged.into_bias == (hidden != "tanh") == (new_biases[1] is not None if biases != "both" else merged.into_bias)
    )
    assert measure(whole, weights, new_biases, {}, data(normal(50, 4))).plain.error < 1e-28


@pytest.mark.parametrize("hidden", ["gelu", "sigmoid"])
def test_output_filters(hidden: str) -> None:
    first, second, bias = normal(5, 2, 3, 3), normal(2, 5, 2, 2), normal(5)
    first[[1, 4]], bias[[1, 4]] = 0, 0
    whole = network([first, second], [np.repeat(bias, 9), np.repeat(normal(2), 9)], hidden, side=3)
    weights, biases, (merged,) = merge(whole, whole.weights, whole.biases, [Counted(1, Unit.OUTPUT_FILTERS, 5, 18)])
    assert [weight.shape for weight in weights] == [(3, 2, 3, 3), (2, 3, 2, 2)]
    assert merged.left_out == 2 and biases[0].shape == (27,)
    assert measure(whole, weights, biases, {}, data(normal(20, 18))).plain.error < 1e-26


def test_one_row_stays() -> None:
    whole = network([np.zeros((6, 4)), normal(3, 6)], [None, None])
    weights, biases, (merged,) = merge(whole, whole.weights, whole.biases, ROWS)
    assert weights[0].shape == (1, 4) and merged.left_out == 5
    assert measure(whole, weights, biases, {}, data(normal(50, 4))).plain.error < 1e-28


def test_only_rows_of_bottlenecks_are_left_out() -> None:
    weight = normal(6, 4)
    weight[2] = 0
    whole = network([weight, normal(3, 6)], [None, None])
    weights, _, merged = merge(whole, whole.weights, whole.biases, [Counted(1, Unit.COLUMNS, 4, 4)])
    assert weights[0].shape == (6, 4) and merged == []


def test_what_cannot_be_merged_is_refused() -> None:
    check_mergeable(ROWS)
    with pytest.raises(InputError, match="^merge: leaves out zero rows of bottlenecks, and none is pruned by rows"):
        check_mergeable([Counted(1, Unit.ENTRIES, 24, 4)])
