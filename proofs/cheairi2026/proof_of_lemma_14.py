"""Lemma 14's proof: C(U) is a sum of shifts, one for each entry of the kernel, and a shift has norm one.

S(d) is the norm of the sum over the first d nonzero entries, A that sum, t the next entry and P its shift. The paper
goes by the eigenvalues; they are written out as well.
"""

from collections.abc import Iterator

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .lemma_14_norm_of_a_convolution import CLAIM, largest, nonzeros, norm
from .proof_of_lemma_13 import Components, circle, circulant, indices, kernel, place

d = sympy.Symbol("d", integer=True)
matrix, total, part, shift, eigenvector = sympy.symbols("C(U) D A P f")
entry, eigenvalue = sympy.symbols("t lambda_kl", real=True)
sums = sympy.Function("S", real=True)
SIZES = [(1,), (2,), (3,)]
Complex = tuple[sympy.Expr, sympy.Expr]
Instance = tuple[Components, tuple[Boolean, ...]]


def shift_by(rows: int, columns: int, size: int) -> sympy.Matrix:
    """P_ab: row phi(u, v) has a one in column phi(<u + a>, <v + b>)."""
    found = sympy.zeros(size**2, size**2)
    for u, v in indices(size, 2):
        found[place(u, v, size) - 1, place(circle(u + rows, size), circle(v + columns, size), size) - 1] = 1
    return found


def as_shifts(size: int) -> Iterator[Instance]:
    """C(U), and the sum over a, b of U_ab P_ab."""
    entries = kernel(size)
    shifts = (entries[a - 1][b - 1] * shift_by(a, b, size) for a, b in indices(size, 2))
    added = sum(shifts, sympy.zeros(size**2, size**2))
    yield {Norm(matrix): Norm(circulant(entries, size).as_immutable()), Norm(total): Norm(added.as_immutable())}, ()


def keeps_lengths(size: int) -> Iterator[Instance]:
    """||P_ab y|| / ||y|| for generic y, for all a and b."""
    y = sympy.Matrix(sympy.symbols(f"y_1:{size**2 + 1}", real=True))
    for a, b in indices(size, 2):
        image = shift_by(a, b, size) * y
        yield {Norm(shift): sympy.sqrt(image.dot(image)) / sympy.sqrt(y.dot(y))}, ()


def eigenvalues(size: int) -> Iterator[Instance]:
    """C(U) f and (sum U_ab omega^{ka + lb}) f, with f at phi(u, v) equal to omega^{ku + lv}, omega = e^{-2 pi i/r}."""
    entries, matrix_of_kernel = kernel(size), circulant(kernel(size), size)
    angles = [2 * sympy.pi * exponent / size for exponent in range(size)]
    powers = [(sympy.cos(angle), -sympy.sin(angle)) for angle in angles]  # real and imaginary parts
    for k, m in indices(size, 2):
        wave = {(u, v): powers[(k * u + m * v) % size] for u, v in indices(size, 2)}
        images = [matrix_of_kernel * sympy.Matrix([each[side] for each in wave.values()]) for side in (0, 1)]
        for u, v in indices(size, 2):
            turned = {(a, b): _product(wave[a, b], wave[u, v]) for a, b in indices(size, 2)}
            for side, image in enumerate(images):
                scaled = sympy.Add(*(entries[a - 1][b - 1] * t[side] for (a, b), t in turned.items()))
                yield {matrix * eigenvector: image[place(u, v, size) - 1], eigenvalue * eigenvector: scaled}, ()


def _product(first: Complex, second: Complex) -> Complex:
    (a, b), (e, f) = first, second
    return sympy.expand(a * e - b * f), sympy.expand(a * f + b * e)


GROWS = sympy.Le(sums(d + 1), sums(d) + largest)
NEXT = Norm(part + entry * shift)
ADDED = Norm(entry * shift)
UNIT = sympy.Eq(Norm(shift), 1)
SUMS = (sympy.Eq(sums(0), 0), sympy.Eq(sums(nonzeros), Norm(total)))
STEP = (sympy.Eq(sums(d), Norm(part)), sympy.Eq(sums(d + 1), NEXT), sympy.Le(sympy.Abs(entry), largest))

LEMMA_14 = (
    Step("matrix", "the norm is that of C(U)", "meaning", sympy.Eq(norm, Norm(matrix))),
    Step(
        "sum-of-shifts",
        "C(U) is the sum D of U_{a,b} P_{a,b} over the kernel's entries, P_{a,b} the shift by (a, b)",
        "written-out",
        sympy.Eq(Norm(matrix), Norm(total)),
        cites=("matrix", "lemma-13"),
        data={"sizes": SIZES, "instance": as_shifts, "by": ("exact-algebra", {})},
    ),
    Step(
        "eigenvalues",
        "its eigenvalues are sum U_{a,b} omega^{ka + lb}, with eigenvectors omega^{ku + lv}",
        "written-out",
        sympy.Eq(matrix * eigenvector, eigenvalue * eigenvector),
        cites=("matrix", "lemma-13"),
        data={"sizes": [*SIZES, (4,)], "instance": eigenvalues, "by": ("exact-algebra", {})},
    ),
    Step("partial-sums", "S(d) is the norm of the sum over the first d nonzero entries", "let", sympy.And(*SUMS)),
    Step("entry", "let d of them be summed", "let", sympy.And(sympy.Ge(d, 0), sympy.Le(d, nonzeros - 1))),
    Step("next", "t is the next entry, and P its shift", "let", sympy.And(*STEP), cites=("entry",)),
    Step(
        "shift-keeps-lengths",
        "a shift permutes components, so its norm is one",
        "written-out",
        UNIT,
        cites=("next",),
        data={"sizes": SIZES, "instance": keeps_lengths, "by": ("exact-algebra", {})},
    ),
    Step(
        "triangle",
        "||A + t P|| <= ||A|| + ||t P||",
        "named-lemma",
        sympy.Le(NEXT, Norm(part) + ADDED),
        data={"lemma": "triangle", "instance": {"u": part, "v": entry * shift}},
    ),
    Step(
        "scaled-shift",
        "||t P|| <= |t| ||P||",
        "named-lemma",
        sympy.Le(ADDED, sympy.Abs(entry) * Norm(shift)),
        data={"lemma": "scaling", "instance": {"s": entry, "u": shift}},
    ),
    Step(
        "increment",
        "so an entry adds at most ||U||_inf",
        "smt",
        GROWS,
        given=(*STEP, UNIT, sympy.Le(NEXT, Norm(part) + ADDED), sympy.Le(ADDED, sympy.Abs(entry) * Norm(shift))),
        cites=("next", "shift-keeps-lengths", "triangle", "scaled-shift"),
    ),
    Step(
        "summed",
        "and all of them at most ||U||_0 times that",
        "finite-induction",
        sympy.Le(sums(nonzeros), nonzeros * largest),
        given=(SUMS[0],),
        cites=("increment", "partial-sums"),
        data={
            "variable": d,
            "start": sympy.Integer(0),
            "until": nonzeros,
            "hypothesis": sympy.Le(sums(d), d * largest),
            "recursion": (GROWS,),
        },
    ),
    Step(
        "norm",
        "which is the claim",
        "smt",
        CLAIM.relation,
        given=(
            sympy.Eq(norm, Norm(matrix)),
            sympy.Eq(Norm(matrix), Norm(total)),
            SUMS[1],
            sympy.Le(sums(nonzeros), nonzeros * largest),
        ),
        cites=("matrix", "sum-of-shifts", "partial-sums", "summed"),
    ),
)
PROOFS = {("lemma-14", "printed"): LEMMA_14}
