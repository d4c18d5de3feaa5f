"""Biases known up to a box: what the second layer makes of the centre, and of the radius."""

import sympy

from boundcheck.core.operators import Norm
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck_error import BIAS, second, shift
from .notation import NONNEGATIVE_REALS, sigma_2

centre, radius, sizes, reach = sympy.symbols("c r |W_2| u")
b_i, c_i, r_i = sympy.symbols("b_i c_i r_i", real=True)
WITHIN = Assumption("within", sympy.Le(sympy.Abs(b_i - c_i), r_i), "every unit's bias is within r_i of c_i")
CLAIMS = (
    Claim(
        "box",
        Sense.UPPER,
        sympy.Le(BIAS, Norm(second * centre) + sympy.Min(sigma_2 * Norm(radius), Norm(sizes * radius))),
        "|W_2| holds the absolute entries of W_2",
    ),
    Claim(
        "entrywise",
        Sense.UPPER,
        sympy.Le(BIAS, Norm(reach)),
        "u holds the absolute entries of W_2 c, plus |W_2| r",
    ),
)

STATEMENT = Statement(
    id="sharp-bias-box",
    title="Biases in a box",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        Variable(second, None, "second layer's matrix"),
        Variable(sizes, None, "the matrix of its absolute entries"),
        Variable(shift, None, "biases of the units"),
        Variable(centre, None, "centre of the box"),
        Variable(radius, None, "radii of the box"),
        Variable(reach, None, "how large every entry of W_2 b can be"),
        Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
        Variable(b_i, sympy.S.Reals, "one unit's bias"),
        Variable(c_i, sympy.S.Reals, "its centre"),
        Variable(r_i, sympy.S.Reals, "its radius"),
    ),
    variants={"printed": Variant(assumptions=(WITHIN,), claims=CLAIMS)},
)
