"""A bias computed on a grid: every atom of every draw is split between two grid points, with the mean kept."""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, bias, curvature, leak, v, z

draws = sympy.Symbol("N", integer=True, nonnegative=True)
grid_bias, smooth_bias, smooth_grid_bias = sympy.symbols("b_grid b_smooth b_smooth_grid", real=True)
grid_variance = sympy.Symbol("v_grid", nonnegative=True)
atom, below, above, share = sympy.symbols("a l u lambda", real=True)

SPLIT = Assumption(
    "split",
    sympy.And(
        sympy.Le(below, atom),
        sympy.Le(atom, above),
        sympy.Ge(share, 0),
        sympy.Le(share, 1),
        sympy.Eq(share * below + (1 - share) * above, atom),
    ),
    "an atom a goes to l <= a with probability lambda and to u >= a else, with mean a",
)
CLAIMS = (
    Claim("above", Sense.UPPER, sympy.Le(bias, grid_bias), "where phi has slope 1 above zero and s <= 1 below"),
    Claim(
        "smooth",
        Sense.UPPER,
        sympy.Le(sympy.Abs(smooth_bias - smooth_grid_bias), curvature / 2 * (grid_variance - v)),
        "where phi' is C-Lipschitz",
    ),
)

STATEMENT = Statement(
    id="sharp-near-exact-bias",
    title="A bias computed on a grid",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 6", page=6),
    variables=(
        Variable(z, sympy.S.Reals, "the unit's dense preactivation"),
        Variable(draws, sympy.S.Naturals0, "number of independent draws in the unit's row"),
        Variable(atom, None, "value that one draw adds, a random number"),
        Variable(below, None, "grid point at or below it"),
        Variable(above, None, "grid point at or above it"),
        Variable(share, None, "probability that the atom goes to the lower one"),
        Variable(leak, sympy.Interval(-1, 1), "slope of phi below zero, where it is 1 above"),
        Variable(curvature, NONNEGATIVE_REALS, "Lipschitz constant of phi', if phi has a derivative"),
        Variable(bias, sympy.S.Reals, "the unit's bias, phi with a kink at zero"),
        Variable(grid_bias, sympy.S.Reals, "the same with every draw's law on the grid"),
        Variable(smooth_bias, sympy.S.Reals, "the unit's bias, phi smooth"),
        Variable(smooth_grid_bias, sympy.S.Reals, "the same with every draw's law on the grid"),
        Variable(v, NONNEGATIVE_REALS, "variance of the deviation"),
        Variable(grid_variance, NONNEGATIVE_REALS, "variance with every draw's law on the grid"),
    ),
    variants={"printed": Variant(assumptions=(SPLIT,), claims=CLAIMS)},
)
