"""Steps that the proofs on one layer share: from the error behind the activation to what is carried on and added.

The layer's input is x in the dense network and x' in the compressed one; U is the compressed matrix; u and y are the
two outputs behind the activation, of which y is projected.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Projection
from boundcheck.core.step import Step

from .notation import allowed_nonzeros, distance, draws, epsilon, error, kappa, lipschitz, sigma_1, theta
from .one_realization import STATEMENT as ONE_REALIZATION
from .one_realization import drawn, mean, most, nonzero, value

# Vectors and matrices: symbols that stand inside norms alone.
x, x_compressed, dense, compressed, u, y = sympy.symbols("x x' W_1 U u y")
heads = sympy.Symbol("H", integer=True)
outcome, place = sympy.symbols("Pi q", real=True)
BEFORE = Norm(dense * x - compressed * x_compressed)
DIFFERENCE = Norm(x - x_compressed)
IMAGE = Norm(dense * (x - x_compressed))
BEHIND = Norm(u - Projection(y, kappa))
SHORT = sympy.Le(Norm(x_compressed), theta)
MEAN, CARRIED_ON = Expectation(BEHIND**2), Expectation(IMAGE**2)


def _squared(
    name: str,
    lesser: sympy.Expr,
    factor: sympy.Expr,
    greater: sympy.Expr,
    given: tuple[Boolean, ...],
    cites: tuple[str, ...],
) -> tuple[Step, ...]:
    """E lesser^2 <= factor^2 E greater^2 from lesser <= factor greater, which follows from what is given."""
    pointwise = sympy.Le(lesser**2, factor**2 * greater**2)
    mean_of = (Expectation(lesser**2), Expectation(factor**2 * greater**2))
    constant = sympy.Eq(mean_of[1], factor**2 * Expectation(greater**2), evaluate=False)
    return (
        Step(f"{name}-squared", "the same squared", "smt", pointwise, given, cites),
        Step(
            f"{name}-in-the-mean", "in the mean", "expectation", sympy.Le(*mean_of), (pointwise,), (f"{name}-squared",)
        ),
        Step(f"{name}-constant", "what is not random comes out", "expectation", constant),
        Step(
            name,
            "so in the mean",
            "smt",
            sympy.Le(mean_of[0], factor**2 * Expectation(greater**2)),
            (sympy.Le(*mean_of), constant),
            (f"{name}-in-the-mean", f"{name}-constant"),
        ),
    )


def projected(before: sympy.Expr = BEFORE, also: tuple[Boolean, ...] = ()) -> tuple[Step, ...]:
    """E||u - [y]_kappa||^2 <= L^2 E before^2, by the projection's and the activation's Lipschitz constants.

    also: what else the statement's variables stand for.
    """
    moved, apart = Norm(u - Projection(u, kappa)), Norm(Projection(u, kappa) - Projection(y, kappa))
    inside, reaches = sympy.Le(Norm(u), kappa), sympy.Le(Norm(u - y), lipschitz * before)
    steps = (
        Step(
            "layer",
            "theta bounds the compressed input, kappa the dense output, and sigma_1 is the weights' norm",
            "meaning",
            sympy.And(
                SHORT,
                inside,
                sympy.Eq(sigma_1, Norm(dense)),
                sympy.Eq(distance, Expectation(DIFFERENCE**2)),
                reaches,
                *also,
            ),
        ),
        Step(
            "nonexpansive",
            "projecting onto a ball brings no two points farther apart",
            "named-lemma",
            sympy.Le(apart, Norm(u - y)),
            data={"lemma": "projection-nonexpansive", "instance": {"u": u, "v": y, "kappa": kappa}},
        ),
        Step(
            "inside",
            "[u]_kappa = u, as the ball contains u",
            "named-lemma",
            sympy.Le(moved, 0, evaluate=False),
            given=(inside,),
            cites=("layer",),
            data={"lemma": "projection-inside", "instance": {"u": u, "kappa": kappa}},
        ),
        Step(
            "between",
            "u - [y]_kappa is u - [u]_kappa plus [u]_kappa - [y]_kappa",
            "named-lemma",
            sympy.Le(BEHIND, moved + apart),
            data={
                "lemma": "triangle",
                "instance": {"u": u - Projection(u, kappa), "v": Projection(u, kappa) - Projection(y, kappa)},
            },
        ),
    )
    given = (
        *(sympy.Le(BEHIND, moved + apart), sympy.Le(moved, 0, evaluate=False), sympy.Le(apart, Norm(u - y))),
        reaches,
    )
    return (
        *steps,
        *_squared("behind", BEHIND, lipschitz, before, given, ("between", "inside", "nonexpansive", "layer")),
    )


def carried_on() -> tuple[Step, ...]:
    """E||W_1 (x - x')||^2 <= sigma_1^2 E||x - x'||^2."""
    bound = sympy.Le(IMAGE, Norm(dense) * DIFFERENCE)
    image = Step(
        "image",
        "||W_1 (x - x')|| <= ||W_1|| ||x - x'||",
        "named-lemma",
        bound,
        data={"lemma": "operator-norm", "instance": {"A": dense, "x": x - x_compressed}},
    )
    given = (bound, sympy.Eq(sigma_1, Norm(dense)))
    return (image, *_squared("carried-on", IMAGE, sigma_1, DIFFERENCE, given, ("image", "layer")))


CARRIED = sympy.Le(CARRIED_ON, sigma_1**2 * Expectation(DIFFERENCE**2))


def mean_error(equality: Boolean, added: Boolean, bound: sympy.Expr) -> Step:
    """E||u - [y]_kappa||^2 <= bound, from the ``equality`` for one layer and a bound on what the draws add."""
    return Step(
        "mean-error",
        "the mean error: what is carried on and what the draws add",
        "smt",
        sympy.Le(MEAN, bound),
        given=(
            *(sympy.Le(MEAN, lipschitz**2 * Expectation(BEFORE**2)), equality, CARRIED, added),
            sympy.Eq(distance, Expectation(DIFFERENCE**2)),
        ),
        cites=("behind", "in-front", "carried-on", "added", "layer"),
    )


def few(units: sympy.Expr) -> tuple[Step, ...]:
    """Steps to: floor(alpha N) draws are made, of which a whole number may be nonzero, and few nonzero are likely."""
    count = draws(units)
    some = [sympy.Ge(each, 0, evaluate=False) for each in (count, allowed_nonzeros(count))]
    return tuple(
        Step(
            name,
            text,
            "monotone-substitution",
            relation,
            given=given,
            cites=cites,
            data={"expression": sympy.floor(place), "replace": {place: (sympy.S.Zero, relation.lhs.args[0])}},
        )
        for name, text, relation, given, cites in (
            ("draws", "floor(alpha N) draws are made", some[0], (), ()),
            ("allowed", "and a whole number of them may be nonzero", some[1], (some[0],), ("draws",)),
        )
    )


def one_realization(
    units: sympy.Expr, kept: sympy.Expr, tail: Boolean, bound: sympy.Expr, error_claim: Boolean, kept_claim: Boolean
) -> tuple[Step, ...]:
    """Steps to a realization with few nonzero draws and an error of at most (1 + epsilon) times the mean's bound.

    kept: how many of the units stay, in terms of the statement's variable.
    """
    count = draws(units)
    allowed = allowed_nonzeros(count)
    probability = ONE_REALIZATION.variant("corrected").claim("value").relation.lhs.args
    likely = next(part for part in probability if part != value).subs({most: allowed, drawn: count})
    where = {drawn: count, most: allowed, mean: MEAN, value: error, nonzero: heads}
    some = tuple(sympy.Ge(each, 0, evaluate=False) for each in (count, allowed, heads))
    stays = sympy.Le(kept, units - count + heads)
    return (
        *few(units),
        Step(
            "likely",
            "few nonzero draws have probability at least 1/(1 + epsilon)",
            "smt",
            sympy.And(sympy.Ge(likely, 1 / (1 + epsilon)), sympy.Gt(likely, 0)),
            given=(tail,),
            cites=("tail",),
        ),
        Step(
            "realization",
            "of the realizations with few nonzero draws take one with the least error: what stays is not drawn, or one "
            "of the H nonzero draws (fewer where a weight was zero already)",
            "let",
            sympy.And(some[2], stays),
        ),
        *(
            applied(f"realized-{claim}", f"one of them: {text}", ONE_REALIZATION, "corrected", claim, where, given=some)
            for claim, text in (
                ("value", "its error times their probability is at most the mean"),
                ("nonzero", "and it has few nonzero draws"),
            )
        ),
        Step(
            "error",
            "which is the claim",
            "smt",
            error_claim,
            given=(sympy.Le(error * likely, MEAN), sympy.Ge(likely, 1 / (1 + epsilon)), sympy.Le(MEAN, bound)),
            cites=("realized-value", "likely", "mean-error"),
        ),
        Step(
            "kept",
            "what stays is not drawn, or drawn as nonzero",
            "smt",
            kept_claim,
            given=(stays, sympy.Le(heads, allowed)),
            cites=("realization", "realized-nonzero"),
        ),
    )


def attained(bound: sympy.Expr, error_claim: Boolean) -> tuple[Step, ...]:
    """Steps to the claim on the least error over all draws, from the bound of its mean."""
    constant = sympy.Eq(Expectation(error), error, evaluate=False)
    means = sympy.Eq(MEAN, Expectation(outcome))
    below = sympy.Le(Expectation(error), Expectation(outcome))
    return (
        Step(
            "least-error",
            "of all realizations of the draws take one with the least error",
            "meaning",
            sympy.And(means, sympy.Le(error, outcome)),
        ),
        Step(
            "not-above-the-mean",
            "it is at most the mean error",
            "expectation",
            below,
            given=(sympy.Le(error, outcome),),
            cites=("least-error",),
        ),
        Step("not-random", "the least error is not random", "expectation", constant),
        Step(
            "error",
            "which is bounded",
            "smt",
            error_claim,
            given=(below, constant, means, sympy.Le(MEAN, bound)),
            cites=("not-above-the-mean", "not-random", "least-error", "mean-error"),
        ),
    )
