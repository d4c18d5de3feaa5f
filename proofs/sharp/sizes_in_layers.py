"""Steps on vectors and matrices of a layer: how long its inputs are, and columns bounded by entries or by norms."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .network_conditions import ACTIVATIONS, NORM, UNIT_BALL
from .notation import c_1, input_norm, layer, lipschitz, operator_norm, value_at_zero

FRONT = c_1 ** (layer - 1)  # bounds the norm of layer l's input
i = sympy.Symbol("i", integer=True)
z, matrix = sympy.Function("x"), sympy.Symbol("W")
root = sympy.Symbol("r", real=True)  # of the number of units
SIZE = sympy.Le(Norm(z(i + 1)), lipschitz * Norm(matrix * z(i)) + sympy.Abs(value_at_zero) * root)
IMAGE = sympy.Le(Norm(matrix * z(i)), Norm(matrix) * Norm(z(i)))
GROWS = sympy.Le(Norm(z(i + 1)), c_1 * Norm(z(i)))
SIZES = (
    Step("input", "the input's norm", "let", sympy.Eq(Norm(z(0)), input_norm)),
    Step("layer", "let i be a layer in front of layer l", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, layer - 2))),
    Step(
        "next-layer",
        "what the layer behind it does to the dense network's vector",
        "let",
        sympy.And(SIZE, sympy.Eq(Norm(matrix), operator_norm)),
        cites=("layer",),
    ),
    Step(
        "image",
        "||W x|| <= ||W|| ||x||",
        "named-lemma",
        IMAGE,
        data={"lemma": "operator-norm", "instance": {"A": matrix, "x": z(i)}},
    ),
    Step(
        "size-grows",
        "so the vector behind it is at most c_1 times as long",
        "smt",
        GROWS,
        (SIZE, IMAGE, sympy.Eq(Norm(matrix), operator_norm), *(a.relation for a in ACTIVATIONS[:2]), NORM.relation),
        ("next-layer", "image", "activation-zero-at-zero", "activation-lipschitz", "operator-norm"),
    ),
    Step(
        "size",
        "theta = c_1^{l-1} bounds the norm of layer l's input, and kappa = c_1^l that of its output",
        "finite-induction",
        sympy.Le(Norm(z(layer - 1)), FRONT),
        given=(sympy.Eq(Norm(z(0)), input_norm), UNIT_BALL.relation),
        cites=("input", "size-grows", "unit-ball"),
        data={
            "variable": i,
            "start": sympy.Integer(0),
            "until": layer - 1,
            "hypothesis": sympy.Le(Norm(z(i)), c_1**i),
            "recursion": (GROWS,),
        },
    ),
)


def squares(
    part: str, total: sympy.Symbol, count: sympy.Expr, largest: Boolean, cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """total^2 <= count bound^2 for a sum of so many squares; ``largest``: what bounds the pieces, as Le(nu, bound)."""
    sums, q = sympy.Function(f"sum_{part}", real=True), sympy.Symbol(f"q_{part}", integer=True)
    piece = sympy.Symbol(f"t_{part}", real=True)
    nu, bound = largest.args
    ends = (sympy.Eq(sums(0), 0), sympy.Eq(sums(count), total**2), sympy.Ge(total, 0))
    added = (sympy.Eq(sums(q + 1), sums(q) + piece**2), sympy.Le(piece, nu), sympy.Ge(piece, 0))
    rise = sympy.Le(sums(q + 1), sums(q) + bound**2)
    hypothesis = sympy.Le(sums(q), q * bound**2)
    return (
        Step(f"{part}-squares", "the sums of the first q pieces' squared norms", "let", sympy.And(*ends)),
        Step(f"{part}-index", "let q be below their number", "let", sympy.And(sympy.Ge(q, 0), sympy.Le(q, count - 1))),
        Step(f"{part}-piece", "the next piece's norm", "let", sympy.And(*added), cites=(f"{part}-index",)),
        Step(f"{part}-rise", "each adds at most its bound", "smt", rise, (*added, largest), (f"{part}-piece", *cites)),
        Step(
            f"{part}-sum",
            "all of them together",
            "finite-induction",
            hypothesis.subs(q, count),
            given=(ends[0],),
            cites=(f"{part}-squares", f"{part}-rise"),
            data={
                "variable": q,
                "start": sympy.Integer(0),
                "until": count,
                "hypothesis": hypothesis,
                "recursion": (rise,),
            },
        ),
        Step(
            f"{part}-norm",
            "so the squared norm is at most their number times the squared bound",
            "smt",
            sympy.Le(total**2, count * bound**2),
            (hypothesis.subs(q, count), ends[1]),
            (f"{part}-sum", f"{part}-squares"),
        ),
    )


def part_of(part: str, total: sympy.Symbol, norm: Boolean, cites: tuple[str, ...]) -> tuple[Step, ...]:
    """total <= c_1 where total is the norm of a column of a matrix whose norm is bounded by ``norm``."""
    whole, unit = sympy.Symbol(f"W_{part}"), sympy.Symbol(f"e_{part}")
    image = sympy.Le(Norm(whole * unit), Norm(whole) * Norm(unit))
    named = (sympy.Eq(Norm(whole), norm.args[0]), sympy.Eq(Norm(unit), 1), sympy.Eq(total, Norm(whole * unit)))
    return (
        Step(f"{part}-column", "a column is the image of a unit vector", "let", sympy.And(*named)),
        Step(
            f"{part}-image",
            "||W e|| <= ||W|| ||e||",
            "named-lemma",
            image,
            data={"lemma": "operator-norm", "instance": {"A": whole, "x": unit}},
        ),
        Step(
            f"{part}-by-norm",
            "so its norm is at most the matrix's",
            "smt",
            sympy.Le(total, norm.args[1]),
            (image, *named, norm),
            (f"{part}-column", f"{part}-image", *cites),
        ),
    )
