"""Theorem 6 from Proposition 26 with k = 1, sigma = c_1 and nu_l = ||W_l||_inf; and why it fails as printed."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from . import hadamard_counterexample
from .assumption_11_largest_entry import ASSUMPTION as LARGEST_ENTRY
from .lemma_17_induction_over_layers import largest_norm, sigma
from .notation import alpha, c_1, c_2, delta, k, largest_entry, layer, n_0, n_l1, n_l2, operator_norm, p
from .proposition_26_structured_network import (
    ROOM_OF_LAMBDA,
    ROOM_OF_LAMBDA_PRINTED,
    block_norm,
    block_norm_next,
    width_conditions,
)
from .proposition_26_structured_network import STATEMENT as PROPOSITION_26
from .theorem_2_pruning import DRAWS_PRINTED, ROOM
from .theorem_6_structured_pruning import EQUATIONS, WIDTHS, ratios

Widths = tuple[sympy.Expr, sympy.Expr, sympy.Expr]
FACTOR = alpha * (1 - p) / (p * (1 - alpha))
entry_next = sympy.Symbol("||W_{l+1}||_inf", real=True)


def bounds(widths: Widths, norms: tuple[sympy.Expr, sympy.Expr], squared: sympy.Expr) -> tuple[sympy.Rel, ...]:
    """nu_l^2 n_l, nu_l^2 n_{l+1} and nu_{l+1}^2 n_{l+1} are at most ``squared``, (c_2)^2 or (c_2 q)^2."""
    norm, norm_next = norms
    return tuple(
        sympy.Le(nu**2 * width, squared) for nu, width in ((norm, widths[0]), (norm, widths[1]), (norm_next, widths[1]))
    )


def conditions(
    widths: Widths,
    norms: tuple[sympy.Expr, sympy.Expr],
    squared: sympy.Expr,
    equations: tuple[str, str, str],
    printed: bool,
) -> tuple[Step, ...]:
    """(125)-(127) for widths n/k and norms of blocks, from (27)-(29) or (34)-(36) and what bounds the norms."""
    n_in, n_out, n_next = widths
    wide, ratio, width = (condition.relation for condition in ratios(widths, squared, equations, printed))
    entry_in, entry_out, entry_behind = bounds(widths, norms, squared)
    signs = tuple(sympy.Ge(norm, 0, evaluate=False) for norm in norms)
    room = ROOM_OF_LAMBDA_PRINTED if printed else ROOM_OF_LAMBDA
    at = {
        **dict(zip(WIDTHS, widths, strict=True)), k: 1, sigma: c_1, block_norm: norms[0], block_norm_next: norms[1],
    }  # fmt: skip
    needed = [c.relation.subs(at, simultaneous=True) for c in width_conditions(room)]
    wide_125 = sympy.Le(squared * n_out / n_in, ROOM * c_1**2)
    return (
        Step(
            "wide-125",
            f"{equations[0]} gives (125), with c_2^2 times the ratio for its left side",
            "monomial-ratio",
            wide_125,
            given=(wide,),
            cites=("wide-ratio",),
            equation="(125)",
        ),
        Step(
            "condition-125",
            "nu_l^2 is at most c_2^2 over the input width, which gives (125)",
            "smt",
            needed[0],
            given=(wide_125, entry_in),
            cites=("wide-125", "norms-squared"),
            equation="(125)",
        ),
        Step(
            "condition-126",
            f"{equations[1]} gives (126), as nu_{{l+1}}^2 is at most c_2^2 over the inner width",
            "smt",
            needed[1],
            given=(ratio, entry_behind),
            cites=("bottleneck-ratio", "norms-squared"),
            equation="(126)",
        ),
        Step(
            "lambda-133",
            f"{equations[1]} gives Lambda <= 2 delta in (133)",
            "monomial-ratio",
            sympy.Le(2 * FACTOR * c_1 ** (layer + 1) * sympy.sqrt(squared * n_next / n_out), 2 * delta),
            given=(ratio,),
            cites=("bottleneck-ratio",),
            equation="(133)",
        ),
        Step(
            "product-of-norms",
            "nu_l nu_{l+1} is at most c_2^2 over the inner width",
            "smt",
            sympy.Le(norms[0] * norms[1] * n_out, squared),
            given=(entry_out, entry_behind, *signs),
            cites=("norms-squared",),
        ),
        Step(
            "condition-127",
            f"{equations[2]} gives (127)",
            "smt",
            needed[2],
            given=(width, sympy.Le(norms[0] * norms[1] * n_out, squared), *signs),
            cites=("bottleneck-product", "product-of-norms"),
            equation="(127)",
        ),
    )


def concluded(form: str, where: dict[sympy.Basic, sympy.Expr], given: tuple[sympy.Rel, ...]) -> tuple[Step, ...]:
    """Proposition 26's four claims at these values."""
    return tuple(
        applied(claim, "Proposition 26", PROPOSITION_26, form, claim, where, given=given)
        for claim in ("kept-columns", "kept-rows", "error", "loss")
    )


def draws(printed: bool, widths: Widths, larger: sympy.Rel) -> tuple[Step, ...]:
    """In print n_0 is asked of the larger width, and Proposition 26 asks it of what is drawn."""
    drawn = zip(("columns", "rows"), widths, strict=False)
    return tuple(
        Step(
            f"draws-{name}", f"the number of {name} is at least n_0", "smt", sympy.Ge(width, n_0), (larger,), ("draws",)
        )
        for name, width in drawn
        if printed
    )


NEXT = sympy.Le(entry_next, c_2 / sympy.sqrt(sympy.Max(n_l1, n_l2)))
NEXT_SIGN = sympy.Ge(entry_next, 0)
NORMS = (largest_entry, entry_next)
WHERE = {sigma: c_1, largest_norm: operator_norm, block_norm: largest_entry, block_norm_next: entry_next, k: 1}


def steps(form: str) -> tuple[Step, ...]:
    printed = form == "printed"
    return (
        Step("next-entry", "(11) holds of the layer behind as well", "let", sympy.And(NEXT, NEXT_SIGN)),
        Step(
            "norms-squared",
            "a block is an entry, and (11) squared bounds it",
            "smt",
            sympy.And(*bounds(WIDTHS, NORMS, c_2**2)),
            given=(LARGEST_ENTRY.relation, NEXT, NEXT_SIGN),
            cites=("largest-entry", "next-entry"),
            equation="(11)",
        ),
        *conditions(WIDTHS, NORMS, c_2**2, EQUATIONS, printed),
        *draws(printed, WIDTHS, DRAWS_PRINTED.relation),
        *concluded(form, WHERE, (NEXT_SIGN,)),
    )


PROOFS = {
    ("theorem-6", "printed"): (
        *steps("printed"),
        *hadamard_counterexample.steps(ratios(WIDTHS, c_2**2, EQUATIONS, True)[0].relation, {}),
    ),
    ("theorem-6", "corrected"): steps("corrected"),
}
