"""The mean squared error that the draws of one compressed layer cause at the data, with dense inputs.

Upper bounds throughout, summed over units and samples with outward rounding. What lies behind the layer's own matrix
(statement sharp-one-layer-error), behind the next one (sharp-bottleneck-error), and at the network's output by the
later layers' derivative (sharp-later-layers) are bounds of one error; which of them counts is left to the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from boundcheck.core.rung import Effort, Unit
from boundcheck.exact.ball_matrix import Matrix, sum_above
from boundcheck.network.data import Data
from boundcheck.network.network import Network

from .block_samples import BlockDraw, BlockSamples, Setting, Units
from .column_units import Columns
from .entry_units import Entries
from .filter_units import InputFilters, OutputFilters
from .later_layers import MOST_OPERATIONS, linearized, operations
from .layer_samples import LayerSamples, layer_samples
from .row_units import Rows
from .slopes import Slopes
from .unit_claims import UnitClaims

KINDS: dict[Unit, Callable[[Setting], Units]] = {
    Unit.ENTRIES: Entries,
    Unit.COLUMNS: Columns,
    Unit.ROWS: Rows,
    Unit.INPUT_FILTERS: InputFilters,
    Unit.OUTPUT_FILTERS: OutputFilters,
}


@dataclass(frozen=True)
class MeasuredBlock:
    """Means over the samples of what BlockSamples bounds; all are upper bounds.

    linear: of E||J Delta||^2, J the derivative of all layers behind. remainders: by layer, of the sum over its units of
    what its activation's slopes leave out, squared. None and empty where they are not taken.
    """

    own: Fraction | None
    next: Fraction | None
    linear: Fraction | None
    remainders: dict[int, Fraction]
    largest_column_variance: Fraction


def measure_block(
    network: Network, number: int, data: Data, draw: BlockDraw, claims: UnitClaims, effort: Effort
) -> MeasuredBlock:
    """Measure layer ``number`` with all its units drawn as ``draw`` says.

    Raises InputError where an activation is not stated or overflows.
    """
    units = KINDS[draw.unit](Setting(network, number, draw, claims, effort))
    sums: dict[str | int, list[Matrix]] = {}
    for samples in layer_samples(network, number, data):
        for name, values in _at(network, number, units, samples, claims, len(data.inputs)).items():
            sums.setdefault(name, []).append(sum_above(values))
    if not all(np.isfinite(part) for name in sums.keys() - {"own", "next"} for part in sums[name]):
        sums = {name: sums[name] for name in sums.keys() & {"own", "next"}}  # the slopes' way overflows
    means = {name: _mean(parts, len(data.inputs)) for name, parts in sums.items()}
    return MeasuredBlock(
        own=means.get("own"),
        next=means.get("next"),
        linear=means.get("linear"),
        remainders={name: value for name, value in means.items() if isinstance(name, int)},
        largest_column_variance=units.largest_column_variance,
    )


def _at(
    network: Network, number: int, units: Units, samples: LayerSamples, claims: UnitClaims, count: int
) -> dict[str | int, Matrix]:
    """What is summed, at some samples: by name, and remainders by layer."""
    block = units.at(samples)
    found: dict[str | int, Matrix] = {}
    if block.own is not None:
        found["own"] = block.own
    if block.next is not None:
        found["next"] = block.next
    if block.perturbation is not None and _is_worth_it(network, block, count):
        behind = samples.preactivations[block.first - number :]
        through = linearized(network, block.first, block.perturbation, behind, Slopes(network, claims).chosen)
        found["linear"] = through.linear
        found |= {layer: values for layer, values in through.remainders.items()}
    return found


def _is_worth_it(network: Network, block: BlockSamples, count: int) -> bool:
    """Whether layers lie behind, all act entry by entry, and their derivatives are not too much work."""
    assert block.perturbation is not None
    units = block.perturbation.directions.shape[1]
    behind = [layer.activation for layer in network.layers[block.first - 1 :]]
    return (
        block.first < network.depth
        and all(activation is not None and activation.entrywise for activation in behind)
        and operations(network, block.first, count, units) <= MOST_OPERATIONS
    )


def _mean(sums: list[Matrix], count: int) -> Fraction:
    return sum((Fraction(float(part)) for part in sums), Fraction(0)) / count
