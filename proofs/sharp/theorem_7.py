"""Theorem 7 with the sharp bounds: input filters of wide layers and output filters of bottlenecks in a convolution."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variable, Variant

from .equal_shares import room
from .network_conditions import (
    ACTIVATIONS,
    CLAIMS,
    NETWORK_VARIABLES,
    NORM,
    UNIT_BALL,
    left_for_the_means,
)
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    PRUNING_PARAMETERS,
    c_2,
    epsilon,
    k,
    largest_entry,
    n_l,
    n_l1,
    n_l2,
)
from .theorem_6 import KEPT_VARIABLES, kept, ratios, tails

d_l = Named("d_l", r"d_{\ell}", integer=True, positive=True)
d_l1 = Named("d_{l+1}", r"d_{\ell+1}", integer=True, positive=True)
d_l2 = Named("d_{l+2}", r"d_{\ell+2}", integer=True, positive=True)
q = sympy.Symbol("q", integer=True, positive=True)
filter_norm = Named("max ||C(K_oi)||", r"\max_{o,i} \left\| C([K_{\ell}]_{o,i}) \right\|", nonnegative=True)
FILTER = Assumption(
    "filter-norm",
    sympy.Le(filter_norm, c_2 * q / sympy.sqrt(sympy.Max(d_l, d_l1))),
    "every filter's matrix has at most this norm: by Lemma 14 where ||K_l||_inf <= c_2/(q sqrt(max(d_l, d_{l+1})))",
    Scope.LAYER,
)
_OWN = {
    c_2: "bound on every filter's norm times the root of the larger number of channels, over q",
}

STATEMENT = Statement(
    id="sharp-theorem-7",
    title="Pruning filters, sharper",
    kind=Kind.THEOREM,
    source=Source("Theorem 7, sharper", page=5),
    variables=(
        *(
            Variable(v.symbol, v.domain, _OWN.get(v.symbol, v.meaning))
            for v in NETWORK_VARIABLES
            if v.symbol not in (largest_entry, n_l, n_l1, n_l2)
        ),
        Variable(d_l, POSITIVE_INTEGERS, "channels of layer l's input"),
        Variable(d_l1, POSITIVE_INTEGERS, "channels of layer l's output"),
        Variable(d_l2, POSITIVE_INTEGERS, "channels of layer l + 1's output"),
        Variable(k, POSITIVE_INTEGERS, "neurons of a map, r^2 if its side is r"),
        Variable(q, POSITIVE_INTEGERS, "side of the kernels"),
        Variable(filter_norm, NONNEGATIVE_REALS, "largest norm of a filter's matrix in layer l"),
        *PRUNING_PARAMETERS,
        *KEPT_VARIABLES,
    ),
    variants={
        "printed": Variant(
            assumptions=(
                *(UNIT_BALL, *ACTIVATIONS, NORM, FILTER),
                *tails(d_l, d_l1),
                *ratios(d_l, d_l1, d_l2, c_2 * q),
            ),
            claims=(*kept(d_l, d_l1), *CLAIMS),
            definitions={room: left_for_the_means(1 + epsilon)},
        ),
    },
    proof_uses=(
        "sharp-uncompressed-layer",
        "sharp-wide-layer-columns",
        "sharp-bottleneck-rows",
        "sharp-equal-shares",
        "sharp-network",
    ),
)
