"""How the paper's lemmas and propositions are put to the test: what is measured, and what their symbols stand for."""

from dataclasses import replace

import sympy

from boundcheck.core.experiment import Counted, Experiment, Known, Measured, Observed
from boundcheck.core.rung import Mode, Quantity

from . import lemma_8_quantizer_is_unbiased as quantizer
from . import lemma_15_second_derivative_of_one_weight as one_weight
from . import lemma_16_second_derivative_of_one_block as one_block
from . import notation as s
from . import proposition_18_one_layer_quantization as quantization
from .rungs import BLOCKS, ONE_LAYER, PRUNING, QUANTIZATION, TWO_LAYERS

Binding = dict[sympy.Symbol, Known]
NORMS: Binding = {s.rho: Observed.DENSE_INPUT_NORM, s.theta: Observed.COMPRESSED_INPUT_NORM}
LAYER: Binding = {**ONE_LAYER, **NORMS}
BLOCK: Binding = {**TWO_LAYERS, **NORMS}
LAW: Binding = {
    s.tau_0: Observed.DEVIATION_AT_ZERO,
    s.tau_1: Observed.DEVIATION_ELSEWHERE,
    s.tau: Observed.LARGEST_DEVIATION,
    s.Delta: Observed.SECOND_MOMENT,
}
VALUES: Binding = {quantization.value: Observed.DRAWN_VALUE, quantization.multiple: Observed.MULTIPLE}
ENTRIES = (Mode.PRUNE, Mode.QUANTIZE)
UNBIASED = "both laws have the weight as mean"
AT_LEAST = "the least number with which it holds at the instance is put in"
NOT_GIVEN = "print only says that n_0 exists; epsilon is that of the actual number of draws"
PROPOSITION = Experiment(
    statement="proposition-20",
    claim="error",
    measured=Measured.BLOCK_ERROR,
    spans=1,
    modes=ENTRIES,
    binding={**LAYER, s.alpha: Quantity.ALPHA, s.phi: Observed.VARIANCE_FACTOR},
    counts={"unprocessed": Counted.UNPROCESSED},
    by_construction={"unbiased": UNBIASED, "variance": AT_LEAST},
)
QUANTIZED = replace(
    PROPOSITION,
    statement="proposition-18",
    modes=(Mode.QUANTIZE,),
    binding={**LAYER, **QUANTIZATION, **VALUES},
    counts={"kept": Counted.UNPROCESSED_SHARE, "values": Counted.VALUES},
    exhibits=True,
    by_construction={},
)
PRUNED = replace(
    PROPOSITION,
    statement="proposition-19",
    modes=(Mode.PRUNE,),
    binding={**LAYER, **PRUNING},
    factor=1 + s.epsilon,
    counts={"kept": Counted.KEPT_SHARE},
    exhibits=True,
    of_one_realization=("tail", "draws"),
    by_construction={"draws": NOT_GIVEN},
)
COLUMNS = replace(PRUNED, modes=(Mode.STRUCTURED,), counts={"kept": Counted.KEPT})
LEMMA = Experiment(
    statement="lemma-15",
    claim="two-layers",
    measured=Measured.SECOND_DERIVATIVES,
    spans=2,
    modes=ENTRIES,
    binding={
        **BLOCK,
        s.eta: Observed.MARKOV_FACTOR,
        s.tau: Observed.LARGEST_DEVIATION,
        one_weight.unprocessed: Observed.UNPROCESSED,
        one_weight.error: Observed.MEAN_ERROR,
    },
    counted="count-two-layers",
    by_construction={"deviation": AT_LEAST},
)
FIRST_PART = replace(LEMMA, claim="one-layer", measured=Measured.INPUT_MOMENTS, spans=1, counted="count")

EXPERIMENTS = (
    Experiment(
        statement="lemma-8",
        claim="mean",
        measured=Measured.DRAWS,
        spans=1,
        modes=(Mode.QUANTIZE,),
        binding={
            quantizer.M: Observed.LARGEST_WEIGHT,
            quantizer.w: Observed.WEIGHT,
            s.k: Quantity.LEVELS,
        },
        by_construction={"range": "M is the largest absolute entry"},
    ),
    FIRST_PART,
    LEMMA,
    replace(
        FIRST_PART,
        statement="lemma-16",
        modes=(Mode.STRUCTURED,),
        binding={**FIRST_PART.binding, **BLOCKS},
    ),
    replace(
        LEMMA,
        statement="lemma-16",
        modes=(Mode.STRUCTURED,),
        binding={**LEMMA.binding, **BLOCKS, one_block.error: Observed.MEAN_ERROR},
    ),
    QUANTIZED,
    PRUNED,
    PROPOSITION,
    replace(QUANTIZED, statement="proposition-21", spans=2, binding={**BLOCK, **QUANTIZATION, **VALUES}),
    replace(PRUNED, statement="proposition-22", spans=2, binding={**BLOCK, **PRUNING}),
    replace(
        PROPOSITION,
        statement="proposition-23",
        spans=2,
        binding={**BLOCK, **LAW, s.alpha: Quantity.ALPHA},
        by_construction={
            "unbiased": UNBIASED,
            "deviation": AT_LEAST,
            "second-moment": AT_LEAST,
            "largest-deviation": AT_LEAST,
        },
    ),
    replace(COLUMNS, statement="proposition-24", binding={**LAYER, **PRUNING, **BLOCKS}),
    replace(COLUMNS, statement="proposition-25", spans=2, binding={**BLOCK, **PRUNING, **BLOCKS}),
)
