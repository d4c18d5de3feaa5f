"""The rungs of the sharp bounds: which statements a certificate chains, and what their symbols stand for there."""

from dataclasses import replace

import sympy

from boundcheck.core.rung import (
    DrawKind,
    Drawn,
    Effort,
    Mode,
    Quantity,
    Rung,
    Scheme,
    Unit,
    UnitQuantity,
    UnitUse,
    Use,
)

from . import notation as s
from . import variance_of_a_draw as draw
from .later_layers import left_out

ONE_LAYER = {
    s.lipschitz: Quantity.LIPSCHITZ,
    s.n_1: Quantity.N_IN,
    s.n_2: Quantity.N_OUT,
    s.sigma_1: Quantity.OPERATOR_NORM,
    s.nu_1: Quantity.LARGEST_ENTRY,
    s.column_1: Quantity.COLUMN_NORM,
    s.row_1: Quantity.ROW_NORM,
    s.bias_norm: Quantity.BIAS_NORM,
    s.theta: Quantity.INPUT_NORM,
    s.kappa: Quantity.PROJECTION_RADIUS,
    s.distance: Quantity.ERROR_IN,
    s.measured: Quantity.MEASURED_ERROR,
    s.largest_column_variance: Quantity.LARGEST_COLUMN_VARIANCE,
}
TWO_LAYERS = {
    **ONE_LAYER,
    s.n_3: Quantity.N_NEXT,
    s.sigma_2: Quantity.OPERATOR_NORM_NEXT,
    s.column_2: Quantity.COLUMN_NORM_NEXT,
    s.curvature: Quantity.CURVATURE,
    s.slope_range: Quantity.SLOPE_RANGE,
    s.slope_range_of_multiples: Quantity.SLOPE_RANGE_OF_MULTIPLES,
}
LATER = {
    s.measured: Quantity.MEASURED_ERROR,
    s.lipschitz_behind: Quantity.LIPSCHITZ_BEHIND,
    s.linearized: Quantity.LINEARIZED_ERROR,
    s.remainder: Quantity.REMAINDER,
}
NETWORK = {s.loss_dense: Quantity.LOSS, s.error_network: Quantity.ERROR}
PRUNING = {
    s.alpha: Quantity.ALPHA,
    s.p: Quantity.BERNOULLI,
    s.gamma: Quantity.GAMMA,
    s.epsilon: Quantity.EPSILON,
}
QUANTIZATION = {s.alpha: Quantity.ALPHA, s.k: Quantity.LEVELS}
COUNTED = {s.p: Quantity.BERNOULLI}
BLOCKS = {**PRUNING, s.k: Quantity.BLOCK_SIZE}
NETWORK_LOSS = Use("sharp-network", "corrected", NETWORK, loss_claim="loss")

ENTRIES = Drawn(Unit.ENTRIES, s.n_1 * s.n_2, "kept")
SUMMARY = "bias and variance of every block, with the layers' own norms; nothing is left unprocessed"
MEASURED_SUMMARY = "bias and variance of every unit at every sample, carried through the later layers"
# Mode, kind of draw, its parameters, what is drawn of a wide layer and of a bottleneck, how the statements' ids end.
KINDS = (
    (Mode.PRUNE, DrawKind.INDEPENDENT, PRUNING, ENTRIES, ENTRIES, "-pruned", "-pruned"),
    (Mode.PRUNE, DrawKind.EXACT_COUNTS, COUNTED, ENTRIES, ENTRIES, "-exact-counts", "-exact-counts"),
    (Mode.QUANTIZE, DrawKind.INDEPENDENT, QUANTIZATION, ENTRIES, ENTRIES, "-quantized", "-quantized"),
    (
        *(Mode.STRUCTURED, DrawKind.INDEPENDENT, BLOCKS),
        *(Drawn(Unit.COLUMNS, s.n_1 / s.k, "kept", counts=True), Drawn(Unit.ROWS, s.n_2 / s.k, "kept", counts=True)),
        *("-columns", "-rows"),
    ),
    (
        *(Mode.CONV, DrawKind.INDEPENDENT, BLOCKS),
        Drawn(Unit.INPUT_FILTERS, s.n_1 / s.k, "kept", counts=True),
        Drawn(Unit.OUTPUT_FILTERS, s.n_2 / s.k, "kept", counts=True),
        *("-columns", "-rows"),
    ),
)

UNIT = {
    s.z: UnitQuantity.PREACTIVATION,
    s.v: UnitQuantity.VARIANCE,
    s.third_moment: UnitQuantity.THIRD_MOMENT,
    s.fourth_moment: UnitQuantity.FOURTH_MOMENT,
    s.sixth_moment: UnitQuantity.SIXTH_MOMENT,
    s.slope: UnitQuantity.SLOPE,
    s.second_derivative: UnitQuantity.SECOND_DERIVATIVE,
    s.lipschitz: UnitQuantity.LIPSCHITZ,
    s.curvature: UnitQuantity.CURVATURE,
    s.third_derivative: UnitQuantity.THIRD_DERIVATIVE,
    s.slope_range: UnitQuantity.SLOPE_RANGE,
    s.leak: UnitQuantity.LEAK,
    s.bias_below: UnitQuantity.BIAS_BELOW,
}
DRAW = {
    s.p: UnitQuantity.BERNOULLI,
    s.k: UnitQuantity.LEVELS,
    s.weight: UnitQuantity.WEIGHT,
    s.largest: UnitQuantity.LARGEST_ENTRY,
}


def _unit(statement: str, bounded: sympy.Expr, claims: dict[str, Effort]) -> tuple[UnitUse, ...]:
    # A claim whose formula is 0 names what it needs by its binding alone: b >= 0 where the activation has a kink.
    needs = {"kink-from-zero": {s.leak: UnitQuantity.LEAK}}
    return tuple(
        UnitUse(statement, "printed", claim, bounded, needs.get(claim, UNIT), effort)
        for claim, effort in claims.items()
    )


def _moments(law: str, symbols: dict[str, sympy.Symbol]) -> dict[str, tuple[UnitUse, ...]]:
    return {
        f"draw-{moment}": (UnitUse("sharp-variance-of-a-draw", "printed", f"{law}-{moment}", symbol, DRAW),)
        for moment, symbol in symbols.items()
    }


UNITS = {
    "bias": _unit(
        "sharp-bias-of-a-unit",
        s.bias,
        {
            **dict.fromkeys(("curvature", "slopes", "kink-above", "kink-from-zero"), Effort.PLAIN),
            **dict.fromkeys(("centred", "kink-below"), Effort.TIGHT),
        },
    ),
    "variance": _unit(
        "sharp-variance-of-a-unit",
        s.unit_variance,
        {"lipschitz": Effort.PLAIN, **dict.fromkeys(("slope", "slope-centred", "kink", "kink-tight"), Effort.TIGHT)},
    ),
    "remainder": _unit(
        "sharp-later-layers",
        left_out,
        dict.fromkeys(("remainder-curvature", "remainder-slopes", "remainder-kink"), Effort.PLAIN),
    ),
    "middle-remainder": _unit("sharp-later-layers", left_out, {"remainder-middle": Effort.PLAIN}),
}
PRUNED = _moments(
    "pruned",
    {
        **{"variance": draw.pruned_variance, "third": draw.pruned_third},
        **{"fourth": draw.pruned_fourth, "sixth": draw.pruned_sixth},
    },
)
QUANTIZED = _moments(
    "quantized",
    {
        **{"variance": draw.quantized_variance, "third": draw.quantized_third},
        **{"fourth": draw.quantized_fourth, "sixth": draw.quantized_sixth},
    },
)


def _recursions() -> tuple[Rung, ...]:
    found = []
    for mode, kind, parameters, wide, bottleneck, wide_end, bottleneck_end in KINDS:
        one, two = {**ONE_LAYER, **parameters}, {**TWO_LAYERS, **parameters}
        roles = {
            "uncompressed": Use("sharp-uncompressed-layer", "printed", ONE_LAYER),
            "wide": Use(f"sharp-wide-layer{wide_end}", "printed", one, drawn={"wide": wide}),
            "bottleneck": Use(
                f"sharp-bottleneck{bottleneck_end}",
                "printed",
                two,
                drawn={"bottleneck": bottleneck},
                smooth_claim="error-smooth",
            ),
            "network": NETWORK_LOSS,
        }
        found.append(
            Rung(
                name="sharp",
                mode=mode,
                scheme=Scheme.RECURSION,
                decides=True,
                roles=roles,
                summary=SUMMARY,
                fixed={Quantity.ALPHA: sympy.Integer(1)},
                allows_biases=True,
                draw=kind,
            )
        )
    return tuple(found)


def _per_sample(recursion: Rung) -> Rung:
    """The same draws with what they do measured at the dense inputs, unit by unit."""

    def measured(role: str, stem: str) -> Use:
        use = recursion.roles[role]
        name = use.statement.replace(stem, f"sharp-measured-{role}").removesuffix("-pruned")
        return replace(use, statement=name, smooth_claim=None)

    roles = {
        "uncompressed": replace(recursion.roles["uncompressed"], statement="sharp-measured-uncompressed"),
        "wide": measured("wide", "sharp-wide-layer"),
        "bottleneck": measured("bottleneck", "sharp-bottleneck"),
        "later": Use("sharp-later-layers", "printed", LATER),
        "network": recursion.roles["network"],
    }
    moments = QUANTIZED if recursion.mode is Mode.QUANTIZE else PRUNED
    return replace(
        recursion,
        name="sharp-data",
        scheme=Scheme.PER_SAMPLE,
        roles=roles,
        summary=MEASURED_SUMMARY,
        units={**UNITS, **moments},
    )


RECURSIONS = _recursions()
RUNGS = (*RECURSIONS, *map(_per_sample, RECURSIONS))
