"""The error of a layer whose columns are drawn: every draw changes the residual by a multiple of a block's image."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .columns_error import UNBIASED, added, added_by_columns, h
from .draws_in_turn import InTurn, in_turn
from .notation import before, carried

# Vectors: the residual W x - U x' and the image W_{:,E} x'_E of the block; their scalar product, and the columns'.
residual, image = sympy.symbols("R c")
product, squares = (sympy.Symbol(name, real=True) for name in ("<R, c>", "sum_j ||W_:j x'_j||^2"))
AFTER = Norm(residual - (h - 1) * image) ** 2


def _expanded(square: sympy.Expr) -> sympy.Expr:
    return Norm(residual) ** 2 - 2 * (h - 1) * product + (h - 1) ** 2 * square


def _components(rows: int, width: int) -> list[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]:
    """At so many rows and a block of so many columns."""
    r = sympy.symbols(f"r1:{rows + 1}", real=True)
    x = sympy.symbols(f"x1:{width + 1}", real=True)
    w = [[sympy.Symbol(f"w{i}{j}", real=True) for j in range(width)] for i in range(rows)]
    c = [sympy.Add(*(row[j] * x[j] for j in range(width))) for row in w]
    return [
        (
            {
                Norm(residual): sympy.sqrt(sympy.Add(*(part**2 for part in r))),
                AFTER: sympy.Add(*((part - (h - 1) * moved) ** 2 for part, moved in zip(r, c, strict=True))),
                Norm(image) ** 2: sympy.Add(*(moved**2 for moved in c)),
                product: sympy.Add(*(part * moved for part, moved in zip(r, c, strict=True))),
                squares: sympy.Add(*(row[j] ** 2 * x[j] ** 2 for row in w for j in range(width))),
            },
            (),
        )
    ]


def _for(square: sympy.Expr) -> object:
    """The components that a relation with this square speaks of."""
    other = squares if square == Norm(image) ** 2 else Norm(image) ** 2

    def instance(rows: int, width: int) -> list[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]:
        return [
            ({node: value for node, value in components.items() if node != other}, given)
            for components, given in _components(rows, width)
        ]

    return instance


def steps(square: sympy.Expr, sum_of_all: sympy.Symbol) -> tuple[Step, ...]:
    expanded = Step(
        "squared-residual",
        "the squared residual after the draw",
        "written-out",
        sympy.Eq(AFTER, _expanded(square), evaluate=False),
        refutes="claim",
        data={"sizes": ((1, 1), (1, 2), (2, 1), (2, 2)), "instance": _for(square), "by": ("exact-algebra", {})},
    )
    drawn = InTurn(
        kind="error",
        text="the draw changes the residual R = W x - U x' by -(h_E - 1) c, c = W_{:,E} x'_E",
        before=Norm(residual) ** 2,
        after=_expanded(square),
        draw=h,
        mean=sympy.S.One,
        unbiased=UNBIASED.relation,
        unbiased_by=UNBIASED.id,
        times=square,
        error=before,
        carried=carried,
        added=sum_of_all,
        square=expanded,
    )
    return in_turn(drawn)


PROOFS = {
    ("sharp-columns-error", "printed"): steps(squares, added_by_columns),
    ("sharp-columns-error", "corrected"): steps(Norm(image) ** 2, added),
}
