"""Keeping exactly as many entries as asked for in every row of a bottleneck's tall layer."""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck import BLOCK_VARIABLES, FIRST_LAYER, KEPT_VARIABLE, LIPSCHITZ, error_claims, kept
from .bottleneck_pruned import definitions
from .notation import KEEP_PROBABILITIES, n_1, p, pruned

WIDTH = Assumption("two-inputs", sympy.Ge(n_1, 2), "a row has at least two entries")
WHOLE = Assumption("whole-count", sympy.Eq(sympy.floor(p * n_1), p * n_1), "p n_1 is an integer")
SOME = Assumption("some-kept", sympy.Ge(p * n_1, 1), "at least one entry of a row stays")
KEPT = Claim("kept", Sense.EQUALITY, sympy.Eq(kept, p), "share of entries that stay: exactly p n_1 in every row")

STATEMENT = Statement(
    id="sharp-bottleneck-exact-counts",
    title="One bottleneck block, exact counts",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S2", page=2),
    variables=(
        *BLOCK_VARIABLES,
        *FIRST_LAYER,
        Variable(p, KEEP_PROBABILITIES, "share of entries that stay"),
        KEPT_VARIABLE,
    ),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ, WIDTH, WHOLE, SOME),
            claims=(KEPT, *error_claims(sympy.Integer(1), "sharp-bottleneck-error")),
            definitions=definitions(pruned(p) * n_1 / (n_1 - 1)),
        ),
    },
    proof_uses=("sharp-exact-counts", "sharp-bias-of-a-unit", "sharp-variance-of-a-unit", "sharp-bottleneck-error"),
)
