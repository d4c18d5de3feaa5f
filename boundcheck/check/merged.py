"""Puts the zero rows that `--merge` left out of a file back, by the rows and the columns behind them that are there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.compress.merge import Merged, merge_constant
from boundcheck.compress.record import CompressionRecord
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, Matrix
from boundcheck.network.network import Network

from .findings import Part
from .redraw import Outcomes, Values


@dataclass(frozen=True)
class Unmerged:
    """The layer with its zero rows; ``stays``: which rows the file holds."""

    layer: Values
    stays: NDArray[np.int64]


def unmerged(
    part: Part, number: int, found: Outcomes, here: Values, behind: Values, whole_behind: Values
) -> Unmerged | None:
    """Find the place of every row in the file; None, with the difference noted, if there is none.

    here, behind: the layer and the one after it as the file has them. whole_behind: the latter as it would be stored
    without merging. A row is told by its numbers and by its column in the layer behind.
    """
    rows = [_by_row(values) for values in (found.untouched, found.drawn, here)]
    columns = _by_column(behind.weight)
    stays: list[int] = []
    whole = np.zeros_like(rows[0])
    for place, column in enumerate(_by_column(whole_behind.weight)):
        at = len(stays)
        is_next = at < len(columns) and np.array_equal(column, columns[at])
        options = [row for row in (rows[0][place], rows[1][place]) if is_next and np.array_equal(row, rows[2][at])]
        if options:
            whole[place] = options[0]
            stays.append(place)
        elif rows[0][place].any() and rows[1][place].any():
            part.expect(
                False,
                f"weights of layer {number}, row {at} of the file",
                None,
                None,
                f"row {place} is missing or changed",
            )
            return None
    if not part.expect(
        len(stays) == len(columns),
        f"weights of layer {number}",
        f"{len(columns)} rows",
        f"{len(stays)} rows",
        "the file's rows are not those of the dense network, untouched or drawn",
    ):
        return None
    weight = whole[:, : found.untouched.weight[0].size].reshape(found.untouched.weight.shape)
    bias = None if found.untouched.bias is None else whole[:, found.untouched.weight[0].size :].ravel()
    return Unmerged(Values(weight, bias), np.array(stays))


def check_shift(
    part: Part,
    number: int,
    record: CompressionRecord,
    network: Network,
    stays: NDArray[np.int64],
    whole: Values,
    after: Values,
) -> Merged:
    """The bias of the layer behind took up the left-out columns' sum times phi(0), up to the rounding of the sum."""
    constant = merge_constant(network, number - 1)
    lost = np.delete(whole.weight, stays, axis=1).reshape(len(whole.weight), -1)
    places = network.layers[number].block
    shift = np.repeat(lost.sum(axis=1) * constant, places)
    size = np.repeat(np.abs(lost).sum(axis=1) * abs(constant), places)
    has_shift = bool(shift.any())
    before = np.zeros(len(shift)) if whole.bias is None else whole.bias
    path = f"bias of layer {number + 1}"
    if after.bias is None:
        part.expect(not has_shift and whole.bias is None, path, None, None, "is missing, and columns were left out")
    else:
        expected = before + shift
        unit = UNIT_ROUNDOFF if record.network.dtype == "float64" else 2.0**-24
        rounding = 8 * (lost.shape[1] + 8) * UNIT_ROUNDOFF + 2 * unit
        slack = rounding * (size + np.abs(before) + np.abs(expected))
        is_off = np.abs(after.bias - expected) > slack
        first = int(np.argmax(is_off))
        why = "the dense bias and the left-out columns' sum times the activation's value at zero"
        part.expect(not is_off.any(), f"{path}, entry {first}", after.bias[first], expected[first], why)
    return Merged(number, len(_by_column(whole.weight)) - len(stays), len(_by_column(whole.weight)), has_shift)


def _by_row(values: Values) -> Matrix:
    rows = values.weight.reshape(len(values.weight), -1)
    return rows if values.bias is None else np.hstack([rows, values.bias.reshape(len(rows), -1)])


def _by_column(weight: Matrix) -> Matrix:
    return np.moveaxis(weight, 1, 0).reshape(weight.shape[1], -1)
