"""Later layers: the error's linear image, and what each activation's line leaves out, carried on by what is behind.

Behind layer t the outputs differ by d_t, of which the derivative along the data point makes l_t; e_t = d_t - l_t.
R_t is what a line leaves out of phi_t at the linear part in front of it. apart(t) and left(t) are the root mean squares
of e_t and the sum of those of the remainders up to t, each carried on by L_t ||W_t||.
"""

import sympy

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .later_layers import ERROR
from .minkowski import minkowski, squared_mean
from .notation import error, linearized, lipschitz_behind, measured, remainder
from .remainders import REMAINDERS

t, layers = sympy.symbols("t T", integer=True)
apart, left = (sympy.Function(name, real=True) for name in ("apart", "left"))
constant, stretch, rest = sympy.symbols("L_t c_t r_t", real=True)
entering, linear, gap_at_the_end = sympy.symbols("Delta l_T e_T")
gap, moved, left_out, weights = sympy.symbols("e_t moved_t R_t W_t")
OUTPUT, NEXT_GAP, IMAGE = Norm(linear + gap_at_the_end), Norm(moved + left_out), Norm(weights * gap)
ENDS = (
    *(sympy.Eq(apart(0), 0), sympy.Eq(left(0), 0), sympy.Eq(left(layers), remainder), sympy.Ge(layers, 0)),
    sympy.Eq(apart(layers), sympy.sqrt(Expectation(Norm(gap_at_the_end) ** 2))),
)
OUTPUTS = (
    *(sympy.Eq(error, Expectation(OUTPUT**2)), sympy.Eq(linearized, Expectation(Norm(linear) ** 2))),
    *(sympy.Eq(measured, Expectation(Norm(entering) ** 2)), sympy.Le(OUTPUT, lipschitz_behind * Norm(entering))),
)
SIZES = (
    sympy.Eq(apart(t), sympy.sqrt(Expectation(Norm(gap) ** 2))),
    sympy.Eq(apart(t + 1), sympy.sqrt(Expectation(NEXT_GAP**2))),
    sympy.Eq(rest, sympy.sqrt(Expectation(Norm(left_out) ** 2))),
)
LAYER = (
    *(sympy.Ge(constant, 0), sympy.Le(Norm(moved), constant * IMAGE), sympy.Eq(stretch, constant * Norm(weights))),
    sympy.Eq(left(t + 1), stretch * left(t) + rest),
)
BOUND = sympy.Le(IMAGE, Norm(weights) * Norm(gap))
CARRIED = sympy.Le(Norm(moved), stretch * Norm(gap))
POSITIVE = sympy.Ge(stretch, 0)
SPLIT = sympy.Le(NEXT_GAP, Norm(moved) + Norm(left_out))
WHOLE = sympy.Le(OUTPUT, Norm(linear) + Norm(gap_at_the_end))


def roots(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    """(sqrt(E a^2) + sqrt(E b^2))^2."""
    return (sympy.sqrt(Expectation(first**2)) + sympy.sqrt(Expectation(second**2))) ** 2


GROWS = sympy.Le(apart(t + 1), stretch * apart(t) + rest)
STEP = sympy.Or(sympy.Not(sympy.Le(apart(t), left(t))), sympy.Le(apart(t + 1), left(t + 1)))
PROOF = (
    Step("errors", "how far the outputs are from the derivative's image, behind T layers", "let", sympy.And(*ENDS)),
    Step("outputs", "the errors in front and behind", "meaning", sympy.And(*OUTPUTS), cites=("errors",)),
    Step("layer", "let t be a layer before the last", "let", sympy.And(sympy.Ge(t, 0), sympy.Le(t, layers - 1))),
    Step(
        "next-layer",
        "the next layer's activation at both arguments, at most L_t ||W_t e_t|| apart, and what its slope leaves out",
        "let",
        sympy.And(*SIZES, *LAYER),
        cites=("layer",),
    ),
    Step(
        "image",
        "||W e|| <= ||W|| ||e||",
        "named-lemma",
        BOUND,
        data={"lemma": "operator-norm", "instance": {"A": weights, "x": gap}},
    ),
    Step(
        "carried",
        "so what is carried on is at most L_t ||W_t|| as far apart",
        "smt",
        sympy.And(CARRIED, POSITIVE),
        (BOUND, *LAYER[:3]),
        ("image", "next-layer"),
    ),
    *squared_mean("carried-mean", Norm(moved), stretch, Norm(gap), CARRIED, ("carried",), (stretch,)),
    Step(
        "split",
        "the next difference is what is carried on plus what is left out",
        "named-lemma",
        SPLIT,
        data={"lemma": "triangle", "instance": {"u": moved, "v": left_out}},
    ),
    *minkowski("grown", NEXT_GAP, (Norm(moved), Norm(left_out)), SPLIT, ("split",)),
    Step(
        "grows",
        "as root mean squares",
        "smt",
        GROWS,
        (
            *(*SIZES, POSITIVE, sympy.Le(Expectation(NEXT_GAP**2), roots(Norm(moved), Norm(left_out)))),
            sympy.Le(Expectation(Norm(moved) ** 2), stretch**2 * Expectation(Norm(gap) ** 2)),
        ),
        ("next-layer", "carried", "grown", "carried-mean"),
    ),
    Step(
        "step",
        "within the sum of the remainders",
        "smt",
        STEP,
        (GROWS, POSITIVE, LAYER[3]),
        ("grows", "carried", "next-layer"),
    ),
    Step(
        "all-layers",
        "up to the last layer",
        "finite-induction",
        sympy.Le(apart(layers), left(layers)),
        given=(ENDS[0], ENDS[1], ENDS[3]),
        cites=("errors", "step"),
        data={
            **{"variable": t, "start": sympy.Integer(0), "until": layers},
            **{"hypothesis": sympy.Le(apart(t), left(t)), "recursion": (STEP,)},
        },
    ),
    Step(
        "whole",
        "the outputs differ by the derivative's image and by that",
        "named-lemma",
        WHOLE,
        data={"lemma": "triangle", "instance": {"u": linear, "v": gap_at_the_end}},
    ),
    *minkowski("whole-mean", OUTPUT, (Norm(linear), Norm(gap_at_the_end)), WHOLE, ("whole",)),
    *squared_mean("lipschitz", OUTPUT, lipschitz_behind, Norm(entering), OUTPUTS[3], ("outputs",)),
    Step(
        "error",
        "both bounds hold",
        "smt",
        ERROR.relation,
        (
            *(*ENDS[2:3], *ENDS[4:], *OUTPUTS[:3], sympy.Le(apart(layers), left(layers))),
            sympy.Le(Expectation(OUTPUT**2), roots(Norm(linear), Norm(gap_at_the_end))),
            sympy.Le(Expectation(OUTPUT**2), lipschitz_behind**2 * Expectation(Norm(entering) ** 2)),
        ),
        ("errors", "outputs", "all-layers", "whole-mean", "lipschitz"),
    ),
)
PROOFS = {("sharp-later-layers", "printed"): (*PROOF, *REMAINDERS)}
