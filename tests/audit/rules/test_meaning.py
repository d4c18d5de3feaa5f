"""What variables stand for: = and <= between a variable and other things, and no claims of another shape."""

import sympy
from rule_runs import POSITIVE, run
from sympy import Eq, Ge, Le, Or

from boundcheck.core.operators import Norm
from boundcheck.core.step import Status

size, x, y = sympy.symbols("size x y", real=True)


def test_a_meaning_names_the_variables_that_it_tells() -> None:
    finding = run("meaning", sympy.And(Eq(size, Norm(x)), Le(Norm(y), size)), (), {size: POSITIVE})
    assert finding.status is Status.PROVED
    assert finding.note == "size: size"


def test_other_shapes_are_refused() -> None:
    assert run("meaning", Le(x, y), (), {size: POSITIVE}).status is Status.UNKNOWN
    assert run("meaning", Or(Eq(size, x), Eq(size, y)), (), {size: POSITIVE}).status is Status.UNKNOWN
    assert run("meaning", sympy.Lt(size, x), (), {size: POSITIVE}).status is Status.UNKNOWN
    assert run("meaning", Eq(size, x), (Ge(x, 1),), {size: POSITIVE}).status is Status.UNKNOWN
