"""Biases in a box: the triangle inequality, and what is left is no longer than the radii."""

from collections.abc import Iterator

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .bias_box import CLAIMS, WITHIN, b_i, c_i, centre, r_i, radius, reach, sizes
from .bottleneck_error import BIAS, second, shift
from .notation import sigma_2

Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]
LEFT = shift - centre
IMAGE, INSIDE = Norm(second * LEFT), Norm(LEFT)
TRIANGLE = sympy.Le(Norm(second * centre + second * LEFT), Norm(second * centre) + IMAGE)
WHOLE = sympy.Eq(Norm(second * centre + second * LEFT), BIAS)
OPERATOR = sympy.Le(IMAGE, Norm(second) * INSIDE)
SHORT, ENTRYWISE = sympy.Le(INSIDE, Norm(radius)), sympy.Le(IMAGE, Norm(sizes * radius))
image, bound, entry, reached = sympy.symbols("y_i t_i w_i u_i", real=True)
WITHIN_REACH = sympy.Le(sympy.Abs(entry), reached)
ROW = sympy.Le(sympy.Abs(image), bound)
SIZES = ((1, 1), (1, 2), (2, 2))


def _vectors(units: int) -> tuple[sympy.Matrix, ...]:
    return tuple(sympy.Matrix([sympy.Symbol(f"{name}_{i}", real=True) for i in range(units)]) for name in "bcr")


def _matrix(rows: int, units: int, name: str = "W") -> sympy.Matrix:
    return sympy.Matrix(rows, units, lambda i, j: sympy.Symbol(f"{name}_{i}{j}", real=True))


def _norm(vector: sympy.Matrix) -> sympy.Expr:
    return sympy.sqrt(sympy.Add(*(entry**2 for entry in vector)))


def _known(biases: sympy.Matrix, centres: sympy.Matrix, radii: sympy.Matrix) -> tuple[Boolean, ...]:
    return tuple(WITHIN.relation.subs({b_i: b, c_i: c, r_i: r}) for b, c, r in zip(biases, centres, radii, strict=True))


def _lengths(units: int) -> Instances:
    biases, centres, radii = _vectors(units)
    yield {INSIDE: _norm(biases - centres), Norm(radius): _norm(radii)}, _known(biases, centres, radii)


def _row(units: int) -> Instances:
    """One entry of W_2 (b - c), and of |W_2| r; each b_j - c_j stands for itself, at most r_j in size."""
    entries, absolute = _matrix(1, units), _matrix(1, units, "V")
    left, _, radii = _vectors(units)
    known = [sympy.Le(sympy.Abs(each), r) for each, r in zip(left, radii, strict=True)]
    known += [sympy.Eq(large, sympy.Abs(entry)) for large, entry in zip(absolute, entries, strict=True)]
    yield {image: (entries * left)[0], bound: (absolute * radii)[0]}, tuple(known)


def _images(rows: int) -> Instances:
    values, bounds = _matrix(rows, 1, "y"), _matrix(rows, 1, "t")
    known = tuple(ROW.subs({image: y, bound: t}) for y, t in zip(values, bounds, strict=True))
    yield {IMAGE: _norm(values), Norm(sizes * radius): _norm(bounds)}, known


def _reach(units: int) -> Instances:
    """One entry of W_2 b, with b = c + (b - c), and of u."""
    entries, absolute = _matrix(1, units), _matrix(1, units, "V")
    left, centres, radii = _vectors(units)
    known = [sympy.Le(sympy.Abs(each), r) for each, r in zip(left, radii, strict=True)]
    known += [sympy.Eq(large, sympy.Abs(each)) for large, each in zip(absolute, entries, strict=True)]
    whole, most = (entries * (centres + left))[0], sympy.Abs((entries * centres)[0]) + (absolute * radii)[0]
    yield {entry: whole, reached: most}, tuple(known)


def _entries(rows: int) -> Instances:
    values, bounds = _matrix(rows, 1, "w"), _matrix(rows, 1, "u")
    known = tuple(WITHIN_REACH.subs({entry: w, reached: u}) for w, u in zip(values, bounds, strict=True))
    yield {BIAS: _norm(values), Norm(reach): _norm(bounds)}, known


def _same(rows: int, units: int) -> Instances:
    matrix = _matrix(rows, units)
    biases, centres, _ = _vectors(units)
    whole = matrix * centres + matrix * (biases - centres)
    yield {Norm(second * centre + second * LEFT): _norm(whole), BIAS: _norm(matrix * biases)}, ()


PROOFS = {
    ("sharp-bias-box", "printed"): (
        Step("matrix", "sigma_2 = ||W_2||", "meaning", sympy.Eq(sigma_2, Norm(second))),
        Step(
            "triangle",
            "W_2 b is W_2 c and W_2 (b - c)",
            "named-lemma",
            TRIANGLE,
            data={"lemma": "triangle", "instance": {"u": second * centre, "v": second * LEFT}},
        ),
        Step(
            "whole",
            "together",
            "written-out",
            WHOLE,
            data={"sizes": SIZES, "instance": _same, "by": ("smt", {})},
        ),
        Step(
            "operator",
            "||W_2 (b - c)|| <= ||W_2|| ||b - c||",
            "named-lemma",
            OPERATOR,
            data={"lemma": "operator-norm", "instance": {"A": second, "x": LEFT}},
        ),
        Step(
            "short",
            "||b - c|| <= ||r||",
            "written-out",
            SHORT,
            (WITHIN.relation,),
            ("within",),
            data={"sizes": ((1,), (2,), (3,)), "instance": _lengths, "by": ("smt", {})},
        ),
        Step(
            "row",
            "an entry of W_2 (b - c) is at most that of |W_2| r",
            "written-out",
            ROW,
            (WITHIN.relation,),
            ("within",),
            data={"sizes": ((1,), (2,), (3,)), "instance": _row, "by": ("smt", {})},
        ),
        Step(
            "entrywise",
            "and so the whole",
            "written-out",
            ENTRYWISE,
            (ROW,),
            ("row",),
            data={"sizes": ((1,), (2,), (3,)), "instance": _images, "by": ("smt", {})},
        ),
        Step(
            "box",
            "so whichever is less",
            "smt",
            CLAIMS[0].relation,
            (TRIANGLE, WHOLE, OPERATOR, SHORT, ENTRYWISE, sympy.Eq(sigma_2, Norm(second))),
            ("triangle", "whole", "operator", "short", "entrywise", "matrix"),
        ),
        Step(
            "reach",
            "an entry of W_2 b is at most that of u",
            "written-out",
            WITHIN_REACH,
            (WITHIN.relation,),
            ("within",),
            data={"sizes": ((1,), (2,)), "instance": _reach, "by": ("smt", {})},
        ),
        Step(
            "entry-by-entry",
            "and so the whole",
            "written-out",
            CLAIMS[1].relation,
            (WITHIN_REACH,),
            ("reach",),
            data={"sizes": ((1,), (2,), (3,)), "instance": _entries, "by": ("smt", {})},
        ),
    )
}
