"""Corollary 5: with noisy labels the loss grows by a factor and an additive term."""

import sympy

from boundcheck.core.statement import Claim, Consequence, Correction, Kind, Sense, Source, Statement, Variable, Variant

from .assumption_12_noisy_data import ASSUMPTION as NOISY_DATA
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_REALS,
    error_network,
    label_noise,
    loss_compressed,
    loss_dense,
    omega_noise,
)
from .theorem_2_pruning import STATEMENT as THEOREM_2

LOSS = Claim(
    id="loss",
    sense=Sense.EXISTENCE,
    equation="(25)",
    relation=sympy.Le(loss_compressed, (1 + 2 * sympy.sqrt(error_network) / omega_noise) * loss_dense + error_network),
    meaning="the loss of the compressed network; the error stands for c_1^{2m} epsilon",
)
AS_THE_THEOREM = Correction(
    "Theorem 2's conditions are taken in their corrected form",
    "As printed they do not give the loss (18) used here.",
    Consequence.CONDITION,
    "(25), page 11",
)

STATEMENT = Statement(
    id="corollary-5",
    title="Loss of the compressed network when the labels are noisy",
    kind=Kind.COROLLARY,
    source=Source("Corollary 5", page=11, equations="(25)", arxiv="Corollary 1"),
    variables=(
        *THEOREM_2.variables,
        Variable(label_noise, NONNEGATIVE_REALS, "mean squared noise of the labels"),
        Variable(omega_noise, POSITIVE_REALS, "its lower bound"),
    ),
    variants={
        name: Variant(
            assumptions=(*theorem.assumptions_of("loss"), NOISY_DATA),
            claims=(LOSS,),
            definitions=theorem.definitions,
            corrections=(AS_THE_THEOREM,) if name == "corrected" else (),
        )
        for name, theorem in THEOREM_2.variants.items()
    },
    uses=("theorem-2", "theorem-3", "assumption-12"),
    proof_uses=("theorem-2", "theorem-3"),
    remarks=(
        "Written out for Theorem 2. Of the theorem the proof uses the loss (18) alone, which Theorems 3, 6 and 7 claim "
        "in the same words, so that it extends to them as the paper says.",
    ),
)
