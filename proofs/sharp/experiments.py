"""How the sharp bounds on layers and blocks are put to the test: what is measured, and what their symbols stand for."""

from dataclasses import replace

import sympy

from boundcheck.core.experiment import Counted, Experiment, Known, Measured, Observed
from boundcheck.core.rung import Mode

from . import bottleneck_quantized as quantization
from . import notation as s
from .rungs import BLOCKS, ONE_LAYER, PRUNING, QUANTIZATION, TWO_LAYERS

Binding = dict[sympy.Symbol, Known]
LAYER: Binding = {**ONE_LAYER, s.theta: Observed.COMPRESSED_INPUT_NORM}
BLOCK: Binding = {**TWO_LAYERS, s.theta: Observed.COMPRESSED_INPUT_NORM}
VALUES: Binding = {quantization.value: Observed.DRAWN_VALUE, quantization.multiple: Observed.MULTIPLE}
PRUNED = Experiment(
    statement="sharp-wide-layer-pruned",
    claim="error",
    measured=Measured.BLOCK_ERROR,
    spans=1,
    modes=(Mode.PRUNE,),
    binding={**LAYER, **PRUNING},
    factor=1 + s.epsilon,
    counts={"kept": Counted.KEPT_SHARE},
    exhibits=True,
    of_one_realization=("tail",),
)
QUANTIZED = replace(
    PRUNED,
    statement="sharp-wide-layer-quantized",
    modes=(Mode.QUANTIZE,),
    binding={**LAYER, **QUANTIZATION, **VALUES},
    factor=sympy.Integer(1),
    counts={"kept": Counted.UNPROCESSED_SHARE, "values": Counted.VALUES},
    of_one_realization=(),
)
COLUMNS = replace(
    PRUNED,
    statement="sharp-wide-layer-columns",
    modes=(Mode.STRUCTURED,),
    binding={**LAYER, **BLOCKS},
    counts={"kept": Counted.KEPT},
)

EXPERIMENTS = (
    PRUNED,
    QUANTIZED,
    COLUMNS,
    replace(PRUNED, statement="sharp-bottleneck-pruned", spans=2, binding={**BLOCK, **PRUNING}),
    replace(QUANTIZED, statement="sharp-bottleneck-quantized", spans=2, binding={**BLOCK, **QUANTIZATION, **VALUES}),
    replace(COLUMNS, statement="sharp-bottleneck-rows", spans=2, binding={**BLOCK, **BLOCKS}),
)
