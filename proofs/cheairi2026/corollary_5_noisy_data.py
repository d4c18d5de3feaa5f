"""Corollary 5: with noisy labels the loss grows by a factor and an additive term."""

import sympy

from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

from .assumption_12_noisy_data import ASSUMPTION as NOISY_DATA
from .notation import (
    NETWORK_VARIABLES,
    NONNEGATIVE_REALS,
    POSITIVE_REALS,
    error_network,
    label_noise,
    loss_compressed,
    loss_dense,
    omega_noise,
)
from .theorem_2_pruning import NETWORK_ASSUMPTIONS

STATEMENT = Statement(
    id="corollary-5",
    title="Loss of the compressed network when the labels are noisy",
    kind=Kind.COROLLARY,
    source=Source("Corollary 5", page=11, equations="(25)", arxiv="Corollary 1"),
    variables=(
        *NETWORK_VARIABLES,
        Variable(
            error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs, c_1^{2m} (1 + xi)^m xi at most"
        ),
        Variable(label_noise, NONNEGATIVE_REALS, "mean squared noise of the labels"),
        Variable(omega_noise, POSITIVE_REALS, "its lower bound"),
        Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
        Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the compressed network"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, NOISY_DATA),
            claims=(
                Claim(
                    id="loss",
                    sense=Sense.EXISTENCE,
                    equation="(25)",
                    relation=sympy.Le(
                        loss_compressed, (1 + 2 * sympy.sqrt(error_network) / omega_noise) * loss_dense + error_network
                    ),
                    meaning="the loss of the compressed network; the error stands for c_1^{2m} epsilon",
                ),
            ),
        )
    },
    uses=("theorem-2", "theorem-3", "assumption-12"),
    proof_uses=("theorem-2", "theorem-3"),
)
