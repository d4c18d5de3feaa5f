"""The paper's rungs: which of its statements a certificate chains, and what their symbols stand for there."""

from dataclasses import replace

import sympy

from boundcheck.core.rung import Drawn, Mode, Quantity, Rung, Scheme, Unit, Use

from . import notation as s
from . import proposition_24_one_layer_structured as columns
from . import proposition_25_two_layers_structured as rows
from . import theorem_7_convolutional_pruning as convolutions

ACTIVATION = {
    s.value_at_zero: Quantity.VALUE_AT_ZERO,
    s.lipschitz: Quantity.LIPSCHITZ,
    s.curvature: Quantity.CURVATURE,
}
ONE_LAYER = {
    **ACTIVATION,
    s.n_1: Quantity.N_IN,
    s.n_2: Quantity.N_OUT,
    s.sigma_1: Quantity.OPERATOR_NORM,
    s.nu_1: Quantity.LARGEST_ENTRY,
    s.rho: Quantity.INPUT_NORM,
    s.theta: Quantity.INPUT_NORM,
    s.kappa: Quantity.PROJECTION_RADIUS,
    s.distance: Quantity.ERROR_IN,
}
TWO_LAYERS = {
    **ONE_LAYER,
    s.n_3: Quantity.N_NEXT,
    s.sigma_2: Quantity.OPERATOR_NORM_NEXT,
    s.nu_2: Quantity.LARGEST_ENTRY_NEXT,
}
NETWORK = {
    **ACTIVATION,
    s.layer: Quantity.LAYER,
    s.depth: Quantity.DEPTH,
    s.n_l: Quantity.N_IN,
    s.n_l1: Quantity.N_OUT,
    s.n_l2: Quantity.N_NEXT,
    s.operator_norm: Quantity.OPERATOR_NORM,
    s.largest_entry: Quantity.LARGEST_ENTRY,
    s.input_norm: Quantity.INPUT_NORM,
    s.c_1: Quantity.C_1,
    s.c_2: Quantity.C_2,
    s.xi: Quantity.XI,
    s.loss_dense: Quantity.LOSS,
    s.error_network: Quantity.ERROR,
}
BLOCKS = {s.k: Quantity.BLOCK_SIZE, s.nu_1: Quantity.BLOCK_NORM, s.nu_2: Quantity.BLOCK_NORM_NEXT}
CONVOLUTIONS = {
    convolutions.d_l: Quantity.CHANNELS_IN,
    convolutions.d_l1: Quantity.CHANNELS_OUT,
    convolutions.d_l2: Quantity.CHANNELS_NEXT,
    convolutions.q: Quantity.KERNEL,
    convolutions.r: Quantity.MAP,
}
PRUNING = {
    s.alpha: Quantity.ALPHA,
    s.p: Quantity.BERNOULLI,
    s.gamma: Quantity.GAMMA,
    s.epsilon: Quantity.EPSILON,
}
QUANTIZATION = {s.alpha: Quantity.ALPHA, s.k: Quantity.LEVELS}

# What is drawn: entries of one matrix, whichever its role is, or input neurons of wide layers and output neurons of
# bottlenecks, a filter of r^2 neurons at a time in a convolution.
ENTRIES = Drawn(Unit.ENTRIES, s.n_1 * s.n_2, "kept")
ENTRIES_OF_LAYER = Drawn(Unit.ENTRIES, s.n_l * s.n_l1, "kept")
NEURONS = {
    "wide": Drawn(Unit.COLUMNS, s.n_l, "kept-columns"),
    "bottleneck": Drawn(Unit.ROWS, s.n_l1, "kept-rows"),
}
FILTERS = {
    "wide": Drawn(Unit.INPUT_FILTERS, convolutions.d_l, "kept-columns"),
    "bottleneck": Drawn(Unit.OUTPUT_FILTERS, convolutions.d_l1, "kept-rows"),
}

# What the proofs of the theorems set: alpha ~ 0.99, gamma ~ 0.01, epsilon = xi/2.
AS_PRINTED = {Quantity.ALPHA: sympy.Rational(99, 100), Quantity.GAMMA: sympy.Rational(1, 100)}
UNCOMPRESSED = Use("lemma-17", "corrected", ONE_LAYER, "uncompressed")


def _theorem(name: str, parameters: dict[sympy.Symbol, Quantity], drawn: dict[str, Drawn]) -> Use:
    return Use(name, "corrected", {**NETWORK, **parameters}, drawn=drawn, loss_claim="loss")


def _layer(name: str, parameters: dict[sympy.Symbol, Quantity], role: str, drawn: Drawn) -> Use:
    known = ONE_LAYER if role == "wide" else TWO_LAYERS
    return Use(name, "corrected", {**known, **parameters}, drawn={role: drawn})


def _blocks(mode: Mode, theorem: Use, column: Unit, row: Unit) -> tuple[Rung, ...]:
    """Structured pruning: Propositions 24 and 25 draw blocks, of one neuron or of one filter."""
    parameters = {**PRUNING, **BLOCKS}
    wide = _layer("proposition-24", parameters, "wide", Drawn(column, columns.COLUMNS, "kept", counts=True))
    bottleneck = _layer("proposition-25", parameters, "bottleneck", Drawn(row, rows.ROWS, "kept", counts=True))
    return _rungs(mode, theorem, wide, bottleneck)


def _rungs(mode: Mode, theorem: Use, wide: Use, bottleneck: Use) -> tuple[Rung, ...]:
    return (
        Rung(
            name="printed",
            mode=mode,
            scheme=Scheme.UNIFORM,
            decides=False,
            roles={"network": replace(theorem, variant="printed")},
            summary="the theorem's conditions as printed, at the corrected delta",
            fixed=AS_PRINTED,
        ),
        Rung(
            name="corrected",
            mode=mode,
            scheme=Scheme.UNIFORM,
            decides=True,
            roles={"network": theorem},
            summary="the theorem with its corrections, explicit delta and the layers' own number of draws",
        ),
        Rung(
            name="layerwise",
            mode=mode,
            scheme=Scheme.RECURSION,
            decides=True,
            roles={"uncompressed": UNCOMPRESSED, "wide": wide, "bottleneck": bottleneck, "network": theorem},
            summary="the propositions chained layer by layer, each with its own norms and the best parameters",
        ),
    )


RUNGS = (
    *_rungs(
        Mode.PRUNE,
        _theorem("theorem-2", PRUNING, dict.fromkeys(("wide", "bottleneck"), ENTRIES_OF_LAYER)),
        _layer("proposition-19", PRUNING, "wide", ENTRIES),
        _layer("proposition-22", PRUNING, "bottleneck", ENTRIES),
    ),
    *_rungs(
        Mode.QUANTIZE,
        _theorem("theorem-3", QUANTIZATION, dict.fromkeys(("wide", "bottleneck"), ENTRIES_OF_LAYER)),
        _layer("proposition-18", QUANTIZATION, "wide", ENTRIES),
        _layer("proposition-21", QUANTIZATION, "bottleneck", ENTRIES),
    ),
    *_blocks(Mode.STRUCTURED, _theorem("theorem-6", PRUNING, NEURONS), Unit.COLUMNS, Unit.ROWS),
    *_blocks(
        Mode.CONV,
        _theorem("theorem-7", {**PRUNING, **CONVOLUTIONS}, FILTERS),
        Unit.INPUT_FILTERS,
        Unit.OUTPUT_FILTERS,
    ),
)
