"""Steps that the proofs of the network theorems share: what Propositions 18 to 25 say of one layer or block becomes
Lemma 17's hypotheses, Lemma 17 gives the error behind the last layer, and the error gives the loss.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .explicit_delta import BLOCK_ROOM, DELTA_BLOCK, DELTA_WIDE, EXPLICIT_DELTA, PROOF_CONSTANTS
from .lemma_17_induction_over_layers import (
    BLOCK_STEP,
    GROWTH,
    WIDE_STEP,
    e_1,
    e_2,
    e_3,
    e_4,
    error_in_front,
    error_reached,
    largest_norm,
    reached,
    sigma,
)
from .lemma_17_induction_over_layers import STATEMENT as LEMMA_17
from .notation import delta, depth, epsilon, error_network, growth, layer, loss_compressed, loss_dense, xi

carried, carried_2, exponent, factor, added = sympy.symbols("s s' t f a", real=True)
factor_here, added_here = sympy.symbols("F A", real=True)
f_delta = growth(2 * delta)

# Vectors: the two outputs and the label.
output, output_compressed, label = sympy.symbols("Phi Phihat y")
APART, DENSE, COMPRESSED = Norm(output_compressed - output), Norm(output - label), Norm(output_compressed - label)


def constants(value: sympy.Expr) -> Step:
    """The constants that the proof runs Lemma 17 with; ``value`` is what it takes for epsilon."""
    return Step(
        "constants",
        "the proof runs Lemma 17 with these constants",
        "let",
        sympy.And(*(sympy.Eq(e, PROOF_CONSTANTS[e].subs(epsilon, value)) for e in (e_1, e_2, e_3, e_4))),
    )


def constant(name: sympy.Symbol, value: sympy.Expr) -> Boolean:
    """One of them, as a relation."""
    relation: Boolean = sympy.Eq(name, PROOF_CONSTANTS[name].subs(epsilon, value))
    return relation


def at_bound(relation: Boolean, bound: sympy.Symbol) -> Boolean:
    """(57) or (58) with the theorem's bound on the operator norms as sigma."""
    found: Boolean = relation.subs(sigma, bound)
    return found


def wide_growth(
    proposition: Step, norms: Boolean, small: Boolean, bound: sympy.Symbol, value: sympy.Expr, cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """(57) from a one-layer proposition: error <= (1 + epsilon) (||W_l||^2 error in front + t).

    norms: ||W_l|| <= bound. small: t <= 2 delta bound^{2l}.
    """
    power = bound ** (2 * layer)
    together = (1 + value) * (carried**2 * error_in_front + added)
    return (
        Step(
            "growth-at-a-wide-layer",
            "with ||W_l|| at most its bound, and t at most 2 delta times the power of it",
            "monotone-substitution",
            sympy.Le(proposition.conclusion.lhs, (1 + value) * (bound**2 * error_in_front + 2 * delta * power)),
            given=(proposition.conclusion, norms, small),
            cites=(proposition.id, *cites),
            equation="(97)",
            data={"expression": together, "replace": {carried: (norms.lhs, bound), added: (small.lhs, small.rhs)}},
        ),
        Step(
            "wide-growth",
            "which is (57) with epsilon_1 and epsilon_2",
            "smt",
            at_bound(GROWTH[0].relation, bound),
            given=(
                sympy.Le(proposition.conclusion.lhs, (1 + value) * (bound**2 * error_in_front + 2 * delta * power)),
                constant(e_1, value),
                constant(e_2, value),
            ),
            cites=("growth-at-a-wide-layer", "constants"),
            equation="(57)",
        ),
    )


def block_growth(
    proposition: Step,
    norms: tuple[Boolean, ...],
    exponent_small: tuple[Boolean, Boolean],
    added_small: Boolean,
    bound: sympy.Symbol,
    value: sympy.Expr,
    cites: tuple[str, ...],
) -> tuple[Step, ...]:
    """(58) from a two-layer proposition: error <= (1 + epsilon) ((1 + f(Lambda)) (||W_l|| ||W_{l+1}||)^2 error in front
    + f(Lambda) omega).

    norms: ||W_l||, ||W_{l+1}|| <= bound, and that they are not negative. exponent_small: 0 <= Lambda <= 2 delta.
    added_small: f(Lambda) omega <= 5 f(2 delta) bound^{2(l+1)}.
    """
    power = bound ** (2 * (layer + 1))
    whole = (1 + value) * ((1 + factor) * (carried * carried_2) ** 2 * error_in_front + added)
    grown = sympy.Le(
        proposition.conclusion.lhs, (1 + value) * ((1 + f_delta) * bound**4 * error_in_front + 5 * f_delta * power)
    )
    here = exponent_small[1].lhs
    factor_small = sympy.Le(growth(here), f_delta)
    names = (sympy.Eq(factor_here, growth(here)), sympy.Eq(added_here, added_small.lhs))
    # The proposition's own form holds Lambda written out; the names keep the next step small.
    together = (1 + value) * ((1 + factor_here) * (norms[0].lhs * norms[1].lhs) ** 2 * error_in_front + added_here)
    named = sympy.Le(proposition.conclusion.lhs, together)
    small = (sympy.Le(factor_here, f_delta), sympy.Ge(factor_here, 0), sympy.Le(added_here, added_small.rhs))
    return (
        Step(
            "growth-of-lambda",
            "f(Lambda) <= f(2 delta)",
            "monotone-substitution",
            factor_small,
            given=exponent_small,
            cites=cites,
            data={"expression": growth(exponent), "replace": {exponent: (here, 2 * delta)}},
        ),
        Step("names", "let F be f(Lambda), and A be f(Lambda) omega", "definition", sympy.And(*names)),
        Step(
            "block-named",
            "the error behind the block by these names",
            "smt",
            named,
            given=(proposition.conclusion, *names),
            cites=(proposition.id, "names"),
        ),
        Step(
            "factors-small",
            "0 <= F <= f(2 delta), and A as bounded",
            "smt",
            sympy.And(*small),
            given=(factor_small, added_small, exponent_small[0], *names),
            cites=("growth-of-lambda", "names", *cites),
        ),
        Step(
            "growth-behind-a-block",
            "with both norms at most their bound",
            "monotone-substitution",
            grown,
            given=(named, *norms, *small),
            cites=("block-named", "factors-small", *cites),
            equation="after (104)",
            data={
                "expression": whole,
                "replace": {
                    factor: (factor_here, f_delta),
                    added: (added_here, added_small.rhs),
                    carried: (norms[0].lhs, bound),
                    carried_2: (norms[1].lhs, bound),
                },
            },
        ),
        Step(
            "block-growth",
            "which is (58) with epsilon_3 and epsilon_4",
            "smt",
            at_bound(GROWTH[1].relation, bound),
            given=(grown, constant(e_3, value), constant(e_4, value)),
            cites=("growth-behind-a-block", "constants"),
            equation="(58)",
        ),
    )


def closes(value: sympy.Expr) -> tuple[Step, ...]:
    """The two inequalities of Lemma 17 (corrected) at the explicit delta; ``value`` is taken for epsilon."""
    explicit = sympy.Eq(delta, EXPLICIT_DELTA.subs(epsilon, value))
    room, limit = BLOCK_ROOM.subs(epsilon, value), DELTA_BLOCK.subs(epsilon, value)
    return (
        Step(
            "delta-at-a-wide-layer",
            "delta is at most its bound for wide layers",
            "smt",
            sympy.Le(delta, DELTA_WIDE.subs(epsilon, value)),
            given=(explicit,),
        ),
        Step(
            "delta-at-a-block",
            "and at most its bound for blocks",
            "smt",
            sympy.Le(2 * delta, 2 * limit),
            given=(explicit,),
        ),
        Step(
            "growth-at-delta",
            "f is increasing, so f(2 delta) <= f(W(F)), F being the room of the block's inequality",
            "monotone-substitution",
            sympy.Le(f_delta, growth(2 * limit)),
            given=(sympy.Le(2 * delta, 2 * limit),),
            cites=("delta-at-a-block",),
            data={"expression": growth(exponent), "replace": {exponent: (2 * delta, 2 * limit)}},
        ),
        Step(
            "room",
            "delta > 0 needs epsilon < xi, so that F is not negative",
            "smt",
            sympy.Ge(room, 0, evaluate=False),
            given=(sympy.Le(delta, DELTA_WIDE.subs(epsilon, value)),),
            cites=("delta-at-a-wide-layer",),
        ),
        Step(
            "room-at-a-block",
            "and f(W(F)) = F, W being Lambert's function",
            "smt",
            sympy.Le(f_delta, room),
            given=(sympy.Le(f_delta, growth(2 * limit)), sympy.Ge(room, 0, evaluate=False)),
            cites=("growth-at-delta", "room"),
        ),
        Step(
            "wide-closes",
            "the induction closes at a wide layer",
            "smt",
            WIDE_STEP,
            given=(
                sympy.Le(delta, DELTA_WIDE.subs(epsilon, value)),
                constant(e_1, value),
                constant(e_2, value),
            ),
            cites=("delta-at-a-wide-layer", "constants"),
        ),
        Step(
            "block-closes",
            "and behind a block",
            "smt",
            BLOCK_STEP,
            given=(sympy.Le(f_delta, room), constant(e_3, value), constant(e_4, value)),
            cites=("room-at-a-block", "constants"),
        ),
    )


def network_error(variant: str, bound: sympy.Symbol, norm: sympy.Expr) -> Step:
    """Lemma 17 at the last layer, m; ``norm`` is what the theorem bounds by ``bound`` at every layer."""
    where = {sigma: bound, largest_norm: norm, reached: depth, error_reached: error_network}
    return applied("error", "Lemma 17 at the last layer", LEMMA_17, variant, "error", where, "(17)")


def loss(bound: sympy.Symbol) -> tuple[Step, ...]:
    """The loss from the error, by the triangle inequality and Cauchy-Schwarz; and the form that is printed."""
    squares = Expectation(APART**2) + 2 * Expectation(APART * DENSE) + Expectation(DENSE**2)
    product = sympy.sqrt(Expectation(APART**2)) * sympy.sqrt(Expectation(DENSE**2))
    meanings = (
        sympy.Eq(loss_dense, Expectation(DENSE**2)),
        sympy.Eq(loss_compressed, Expectation(COMPRESSED**2)),
        sympy.Eq(error_network, Expectation(APART**2)),
    )
    squared = sympy.Le(COMPRESSED**2, APART**2 + 2 * APART * DENSE + DENSE**2)
    in_the_mean = sympy.Le(Expectation(COMPRESSED**2), Expectation(APART**2 + 2 * APART * DENSE + DENSE**2))
    expanded = sympy.Eq(Expectation(APART**2 + 2 * APART * DENSE + DENSE**2), squares)
    mixed = sympy.Le(Expectation(APART * DENSE), product)
    claimed = sympy.Le(loss_compressed, loss_dense + 2 * sympy.sqrt(error_network * loss_dense) + error_network)
    limit = bound ** (2 * depth) * (1 + xi) ** depth * xi
    return (
        Step("losses", "losses and error, with the label y", "meaning", sympy.And(*meanings)),
        Step(
            "triangle",
            "||Phi-hat - y|| <= ||Phi-hat - Phi|| + ||Phi - y||",
            "named-lemma",
            sympy.Le(COMPRESSED, APART + DENSE),
            data={"lemma": "triangle", "instance": {"u": output_compressed - output, "v": output - label}},
        ),
        Step("triangle-squared", "squared", "smt", squared, (sympy.Le(COMPRESSED, APART + DENSE),), ("triangle",)),
        Step("loss-in-the-mean", "in the mean", "expectation", in_the_mean, (squared,), ("triangle-squared",)),
        Step("loss-expanded", "summand by summand", "expectation", expanded),
        Step(
            "cauchy-schwarz",
            "Cauchy-Schwarz bounds the mixed summand",
            "named-lemma",
            mixed,
            data={"lemma": "cauchy-schwarz", "instance": {"X": APART, "Y": DENSE}},
        ),
        Step(
            "loss",
            "the loss in terms of the error",
            "smt",
            claimed,
            given=(in_the_mean, expanded, mixed, *meanings),
            cites=("loss-in-the-mean", "loss-expanded", "cauchy-schwarz", "losses"),
            equation="(18)",
        ),
        Step(
            "loss-as-printed",
            "and with the bound on the error in its place",
            "monotone-substitution",
            sympy.Le(loss_compressed, loss_dense + 2 * sympy.sqrt(limit * loss_dense) + limit),
            given=(claimed, sympy.Le(error_network, limit)),
            cites=("loss", "error"),
            equation="(18)",
            data={
                "expression": loss_dense + 2 * sympy.sqrt(added * loss_dense) + added,
                "replace": {added: (error_network, limit)},
            },
        ),
    )
