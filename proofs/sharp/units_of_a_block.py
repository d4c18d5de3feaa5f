"""From the variances of the units' deviations to the bias and the variance of a block behind its second layer.

At given inputs zeta is the deviation of one unit's preactivation, v_i its variance, b_i and s_i mean and variance of
what it does behind the activation; sum_v is the sum of v_i over all units. Rows that are drawn together form a set E.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .bias_of_a_unit import STATEMENT as BIAS_OF_A_UNIT
from .bias_of_a_unit import zeta
from .bottleneck import by_curvature, by_slopes, spread
from .bottleneck_error import BIAS, INDEPENDENT, bias_bound, mean_error, second, shift, spread_bound, spreads
from .bottleneck_error import STATEMENT as BOTTLENECK_ERROR
from .in_the_mean import linear
from .notation import bias, column_2, curvature, lipschitz, sigma_2, slope_range, unit_variance, v
from .variance_of_a_unit import STATEMENT as VARIANCE_OF_A_UNIT

v_i, b_i, s_i, sum_v, of_set, in_set, change = sympy.symbols("v_i b_i s_i sum_v t_E s_E delta_i-E_delta_i", real=True)
columns, centred = sympy.symbols("W_2E eta_E")
Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]
VARIANCE_IS = sympy.Eq(v_i, Expectation(zeta**2))
POSITIVE = sympy.Ge(v_i, 0)
IMAGE = Norm(columns * centred)
ROWS_APART = Step(
    "rows-apart",
    "units that are not drawn together share no draws and no weights",
    "let",
    INDEPENDENT.relation,
)
BLOCK = Step(
    "second-layer",
    "sigma_2 is the norm of W_2, and the columns behind rows that are drawn together have at most the column norm",
    "meaning",
    sympy.And(sympy.Eq(sigma_2, Norm(second)), sympy.Le(Norm(columns), column_2)),
)


@dataclass(frozen=True)
class Units:
    """What a proof knows of the units: v_i <= largest, which the step "unit-variance" concludes, and sum_v <= total,
    which the step "summed-variance" does; |b_i| <= slopes sqrt(v_i).

    multiples: steps from reach, half the range of the slopes, to slopes, where that may be less; the last is
    "unit-slopes" then. facts: assumptions without which the formulas are not defined.
    """

    largest: sympy.Expr
    total: sympy.Expr
    definitions: dict[sympy.Symbol, sympy.Expr]
    slopes: sympy.Symbol = slope_range
    reach: sympy.Symbol = slope_range
    multiples: tuple[Step, ...] = ()
    facts: tuple[Boolean, ...] = ()


def _numbered(name: str, count: int) -> list[sympy.Symbol]:
    return [sympy.Symbol(f"{name}_{i}", real=True) for i in range(1, count + 1)]


def _lengths(relation: Boolean) -> Callable[[int], Instances]:
    """||E delta||^2 and the sum of variances in components, with what is known of every unit."""

    def instance(units: int) -> Instances:
        biases, variances = _numbered("b", units), _numbered("v", units)
        given = tuple(relation.subs({b_i: b, v_i: v_}) for b, v_ in zip(biases, variances, strict=True))
        yield {Norm(shift): sympy.sqrt(sympy.Add(*(b**2 for b in biases))), sum_v: sympy.Add(*variances)}, given

    return instance


OF_SET, OF_UNIT = sympy.Le(of_set, column_2**2 * in_set), sympy.Le(s_i, lipschitz**2 * v_i)


def _sets(sets: int, size: int) -> Instances:
    """The sum over sets of rows, and within a set over its units."""
    parts, variances, moments = _numbered("t", sets), _numbered("s", sets * size), _numbered("v", sets * size)
    inside = [sympy.Add(*variances[size * i : size * (i + 1)]) for i in range(sets)]
    known = [OF_SET.subs({of_set: part, in_set: own}) for part, own in zip(parts, inside, strict=True)]
    known += [OF_UNIT.subs({s_i: own, v_i: v_}) for own, v_ in zip(variances, moments, strict=True)]
    yield {spreads: sympy.Add(*parts), sum_v: sympy.Add(*moments)}, tuple(known)


def behind(of: Units) -> tuple[Step, ...]:
    """Both bounds on the mean error behind the block: steps "mean-error" and "mean-error-smooth"."""
    return (
        *(BLOCK, ROWS_APART),
        *_bias(of),
        *_variance(of),
        *_mean_error(of, by_slopes, ""),
        *_mean_error(of, by_curvature, "-smooth"),
    )


def _bias(of: Units) -> tuple[Step, ...]:
    where = {v: v_i, bias: b_i, slope_range: of.reach}
    positive = (POSITIVE, sympy.Ge(of.reach, 0))
    by_claim = [
        applied(
            "unit-reach" if name == "slopes" and of.multiples else f"unit-{name}",
            text,
            BIAS_OF_A_UNIT,
            "corrected",
            name,
            where,
            given=positive,
        )
        for name, text in (
            ("slopes", "the bias of a unit by the range of its slopes"),
            ("curvature", "and by its curvature"),
        )
    ]
    unit = {"slopes": sympy.Le(sympy.Abs(b_i), of.slopes * sympy.sqrt(v_i)), "curvature": by_claim[1].conclusion}
    times = {"slopes": of.slopes**2, "curvature": curvature**2 * of.largest / 4}
    known = {"slopes": (), "curvature": (sympy.Le(v_i, of.largest),)}
    steps: list[Step] = [*by_claim, *of.multiples]
    for name, factor in times.items():
        squared = sympy.Le(b_i**2, factor * v_i)
        whole = sympy.Le(Norm(shift) ** 2, factor * sum_v)
        steps += [
            Step(
                f"squared-{name}",
                "squared",
                "smt",
                squared,
                (unit[name], POSITIVE, *known[name], *of.facts),
                (f"unit-{name}", "unit-variance"),
            ),
            Step(
                f"biases-{name}",
                "summed over the units",
                "written-out",
                whole,
                (squared,),
                (f"squared-{name}",),
                data={"sizes": ((1,), (2,), (3,)), "instance": _lengths(squared), "by": ("smt", {})},
            ),
        ]
    image = sympy.Le(BIAS, Norm(second) * Norm(shift))
    lengths = {
        "slopes": of.definitions[by_slopes] / sigma_2,
        "curvature": of.definitions[by_curvature].subs(sigma_2, 1),
    }
    bounds = {"slopes": of.definitions[by_slopes], "curvature": of.definitions[by_curvature]}
    short = [sympy.Le(Norm(shift), length) for length in lengths.values()]
    given = tuple(sympy.Le(Norm(shift) ** 2, factor * sum_v) for factor in times.values())
    return (
        *steps,
        Step(
            "length",
            "so the biases are no longer than that",
            "smt",
            sympy.Le(Norm(shift), lengths["slopes"]),
            (given[0], sympy.Le(sum_v, of.total), *of.facts),
            ("biases-slopes", "summed-variance"),
        ),
        Step(
            "length-smooth",
            "and by the curvature, where that is less",
            "smt",
            sympy.Le(Norm(shift), lengths["curvature"]),
            (*given, sympy.Le(sum_v, of.total), short[0], *of.facts),
            ("biases-curvature", "summed-variance", "length"),
        ),
        Step(
            "image-of-the-bias",
            "||W_2 E delta|| <= ||W_2|| ||E delta||",
            "named-lemma",
            image,
            data={"lemma": "operator-norm", "instance": {"A": second, "x": shift}},
        ),
        *(
            Step(
                f"bias{suffix}",
                "so B bounds the bias behind the second layer",
                "smt",
                sympy.Le(BIAS, bounds[name]),
                (image, sympy.Eq(sigma_2, Norm(second)), each, *of.facts),
                ("image-of-the-bias", "second-layer", f"length{suffix}"),
            )
            for name, suffix, each in (("slopes", "", short[0]), ("curvature", "-smooth", short[1]))
        ),
    )


def _variance(of: Units) -> tuple[Step, ...]:
    scaled = column_2**2 * Norm(centred) ** 2
    lemma = sympy.Le(IMAGE, Norm(columns) * Norm(centred))
    squared = sympy.Le(IMAGE**2, scaled)
    summed = sympy.Le(spreads, lipschitz**2 * column_2**2 * sum_v)
    apart = linear(
        "columns-fixed", "the column norm is not random", scaled, {}, column_2**2 * Expectation(Norm(centred) ** 2)
    )
    named = sympy.And(sympy.Eq(of_set, Expectation(IMAGE**2)), sympy.Eq(in_set, Expectation(Norm(centred) ** 2)))
    own, positive = sympy.Eq(s_i, Expectation(change**2)), sympy.Ge(s_i, 0)
    return (
        Step("unit-change", "s_i is the variance of a unit's change behind the activation", "let", own),
        Step("spread-positive", "which is not negative", "smt", positive, (own,), ("unit-change",)),
        applied(
            "unit-spread",
            "a unit's variance is at most L^2 v_i",
            VARIANCE_OF_A_UNIT,
            "corrected",
            "lipschitz",
            {v: v_i, unit_variance: s_i},
            given=(POSITIVE, positive),
        ),
        Step("set-of-rows", "rows that are drawn together, or one alone", "let", named),
        Step(
            "columns-behind",
            "the columns behind them",
            "named-lemma",
            lemma,
            data={"lemma": "operator-norm", "instance": {"A": columns, "x": centred}},
        ),
        Step(
            "columns-squared",
            "squared",
            "smt",
            squared,
            (lemma, sympy.Le(Norm(columns), column_2)),
            ("columns-behind", "second-layer"),
        ),
        Step(
            "columns-in-the-mean",
            "in the mean",
            "expectation",
            sympy.Le(Expectation(IMAGE**2), Expectation(scaled)),
            (squared,),
            ("columns-squared",),
        ),
        apart,
        Step(
            "set-spread",
            "a set of rows adds at most the squared column norm times its units' variances",
            "smt",
            OF_SET,
            (named, apart.conclusion, sympy.Le(Expectation(IMAGE**2), Expectation(scaled))),
            ("set-of-rows", "columns-fixed", "columns-in-the-mean"),
        ),
        Step(
            "spreads",
            "summed over the sets and their units",
            "written-out",
            summed,
            (OF_SET, OF_UNIT),
            ("set-spread", "unit-spread"),
            data={"sizes": ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2)), "instance": _sets, "by": ("smt", {})},
        ),
        Step(
            "spread",
            "so V bounds the variances behind the second layer",
            "smt",
            sympy.Le(spreads, of.definitions[spread]),
            (summed, sympy.Le(sum_v, of.total), *of.facts),
            ("spreads", "summed-variance"),
        ),
    )


def _mean_error(of: Units, bound: sympy.Symbol, suffix: str) -> tuple[Step, ...]:
    where = {mean_error: mean_error, bias_bound: of.definitions[bound], spread_bound: of.definitions[spread]}
    return (
        Step(
            f"bounds{suffix}",
            "neither bound is negative",
            "smt",
            sympy.And(sympy.Ge(of.definitions[bound], 0), sympy.Ge(of.definitions[spread], 0)),
            of.facts,
        ),
        applied(
            f"mean-error{suffix}",
            "the block's error in the mean over the draws",
            BOTTLENECK_ERROR,
            "corrected",
            "data",
            where,
            given=(sympy.Ge(of.definitions[bound], 0), sympy.Ge(of.definitions[spread], 0)),
        ),
    )
