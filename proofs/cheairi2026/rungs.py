"""The paper's rungs: which of its statements a certificate chains, and what their symbols stand for there."""

import sympy

from boundcheck.core.rung import Mode, Quantity, Rung, Scheme, Use

from . import notation as s

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
PRUNING = {
    s.alpha: Quantity.ALPHA,
    s.p: Quantity.BERNOULLI,
    s.gamma: Quantity.GAMMA,
    s.epsilon: Quantity.EPSILON,
}
QUANTIZATION = {s.alpha: Quantity.ALPHA, s.k: Quantity.LEVELS}
PARAMETERS = {Mode.PRUNE: PRUNING, Mode.QUANTIZE: QUANTIZATION}
THEOREM = {Mode.PRUNE: "theorem-2", Mode.QUANTIZE: "theorem-3"}
WIDE = {Mode.PRUNE: "proposition-19", Mode.QUANTIZE: "proposition-18"}
BOTTLENECK = {Mode.PRUNE: "proposition-22", Mode.QUANTIZE: "proposition-21"}

# What the proofs of the theorems set: alpha ~ 0.99, gamma ~ 0.01, epsilon = xi/2.
AS_PRINTED = {Quantity.ALPHA: sympy.Rational(99, 100), Quantity.GAMMA: sympy.Rational(1, 100)}


def _rungs(mode: Mode) -> tuple[Rung, ...]:
    theorem = THEOREM[mode]
    binding = {**NETWORK, **PARAMETERS[mode]}
    return (
        Rung(
            name="printed",
            mode=mode,
            scheme=Scheme.UNIFORM,
            decides=False,
            roles={"network": Use(theorem, "printed", binding, "error", "kept", "loss")},
            summary="the theorem's conditions as printed, at the corrected delta",
            fixed=AS_PRINTED,
        ),
        Rung(
            name="corrected",
            mode=mode,
            scheme=Scheme.UNIFORM,
            decides=True,
            roles={"network": Use(theorem, "corrected", binding, "error", "kept", "loss")},
            summary="the theorem with its corrections, explicit delta and the layers' own number of draws",
        ),
        Rung(
            name="layerwise",
            mode=mode,
            scheme=Scheme.RECURSION,
            decides=True,
            roles={
                "uncompressed": Use("lemma-17", "corrected", ONE_LAYER, "uncompressed"),
                "wide": Use(WIDE[mode], "corrected", {**ONE_LAYER, **PARAMETERS[mode]}, "error", "kept"),
                "bottleneck": Use(BOTTLENECK[mode], "corrected", {**TWO_LAYERS, **PARAMETERS[mode]}, "error", "kept"),
                "network": Use(theorem, "corrected", NETWORK, "error", None, "loss"),
            },
            summary="the propositions chained layer by layer, each with its own norms and the best parameters",
        ),
    )


RUNGS = (*_rungs(Mode.PRUNE), *_rungs(Mode.QUANTIZE))
