"""Lemma 9's proof: the projection is nonexpansive, and it leaves u where it is."""

import sympy

from boundcheck.core.operators import Norm, Projection
from boundcheck.core.step import Step

from .lemma_9_projection_brings_closer import DISTANCE, PROJECTED_DISTANCE, RADIUS, u, v
from .notation import kappa

PROJECTIONS = Norm(Projection(u, kappa) - Projection(v, kappa))
MOVED = Norm(u - Projection(u, kappa))

LEMMA_9 = (
    Step(
        "nonexpansive",
        "projecting onto a closed convex set brings no two points farther apart",
        "named-lemma",
        sympy.Le(PROJECTIONS, DISTANCE),
        data={"lemma": "projection-nonexpansive", "instance": {"u": u, "v": v, "kappa": kappa}},
    ),
    Step(
        "inside",
        "[u]_kappa = u, as the ball contains u",
        "named-lemma",
        sympy.Le(MOVED, 0, evaluate=False),
        given=(RADIUS.relation,),
        cites=("radius",),
        data={"lemma": "projection-inside", "instance": {"u": u, "kappa": kappa}},
    ),
    Step(
        "between",
        "u - [v]_kappa is u - [u]_kappa plus [u]_kappa - [v]_kappa",
        "named-lemma",
        sympy.Le(PROJECTED_DISTANCE, MOVED + PROJECTIONS),
        data={
            "lemma": "triangle",
            "instance": {"u": u - Projection(u, kappa), "v": Projection(u, kappa) - Projection(v, kappa)},
        },
    ),
    Step(
        "distance",
        "so u - [v]_kappa is at most as long as u - v",
        "smt",
        sympy.Le(PROJECTED_DISTANCE, DISTANCE),
        given=(
            sympy.Le(PROJECTED_DISTANCE, MOVED + PROJECTIONS),
            sympy.Le(MOVED, 0, evaluate=False),
            sympy.Le(PROJECTIONS, DISTANCE),
        ),
        cites=("between", "inside", "nonexpansive"),
    ),
)
PROOFS = {("lemma-9", "printed"): LEMMA_9}
