"""Steps that the proofs of Theorems 2 and 3 share: the two-layer propositions at a block of the network, with norms,
entries and widths as (10), (11) and the theorem's conditions bound them.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .assumption_10_operator_norm import ASSUMPTION as OPERATOR_NORM
from .layers_of_entries import (
    FRONT,
    NEXT_ENTRY_IN,
    NEXT_ENTRY_OUT,
    NEXT_NORM,
    NOT_NEGATIVE,
    TARGET,
    Draws,
    added,
    entry,
    entry_2,
    entry_behind,
    exponent,
    inside,
    norm,
    norm_behind,
)
from .lemma_17_induction_over_layers import STATEMENT as LEMMA_17
from .lemma_17_induction_over_layers import error as error_behind
from .lemma_17_induction_over_layers import error_behind_block, error_in_front, largest_norm, sigma
from .notation import (
    Lambda,
    c_1,
    c_2,
    delta,
    distance,
    growth,
    largest_entry,
    n_l1,
    n_l2,
    nu_1,
    omega_block,
    operator_norm,
    sigma_1,
    sigma_2,
)
from .over_the_layers import block_growth
from .stated_against_proved import ENTRY_OUT

HERE = {norm: norm_behind, entry: largest_entry, entry_2: entry_behind}


def exponent_bounds(draws: Draws) -> tuple[Step, ...]:
    """Lambda <= 2 delta (101)."""
    general = draws.in_block(Lambda, {sigma_2: norm, nu_1: entry})
    exponent_here = general.subs(HERE)
    printed = general.subs({norm: c_1, entry: c_2 / sympy.sqrt(n_l1)})
    return (
        Step(
            "entries-in-lambda",
            "Lambda with the bounds on ||W_{l+1}|| and nu_l",
            "monotone-substitution",
            sympy.Le(exponent_here, printed),
            given=(NEXT_NORM, ENTRY_OUT, *NOT_NEGATIVE),
            cites=("layer-behind", "entry-out"),
            equation="(101)",
            data={
                "expression": general,
                "replace": {norm: (norm_behind, c_1), entry: (largest_entry, c_2 / sympy.sqrt(n_l1))},
            },
        ),
        Step(
            "lambda",
            "at most 2 delta by the condition on the bottleneck's width",
            "monomial-ratio",
            sympy.Le(printed, 2 * delta),
            given=(draws.widths[1].relation,),
            cites=("bottleneck-width",),
            equation="(101)",
        ),
        Step(
            "exponent",
            "Lambda <= 2 delta",
            "smt",
            sympy.Le(exponent_here, 2 * delta),
            given=(sympy.Le(exponent_here, printed), sympy.Le(printed, 2 * delta)),
            cites=("entries-in-lambda", "lambda"),
            equation="(101)",
        ),
    )


def summands(draws: Draws) -> dict[str, tuple[sympy.Expr, Boolean, sympy.Expr, Assumption]]:
    """The sum in (102): each summand, the bound on nu_{l+1} that it needs, its limit in (104), and the condition."""
    two, root = 2 * draws.factor, sympy.sqrt(n_l1)
    first = two * FRONT**3 * norm * entry**2 * root
    second = 2 * two * FRONT**2 * entry**2 * entry_2**2 * n_l1 * n_l2
    third = 2 * two * FRONT**3 * draws.size * norm * entry**3 * entry_2 * n_l1 * sympy.sqrt(n_l2)
    width, ratio = draws.widths[1:]
    return {
        "input": (first, NEXT_ENTRY_OUT, 2 * delta * TARGET, width),
        "slope": (second, NEXT_ENTRY_IN, 4 * delta * TARGET, ratio),
        "draw": (third, NEXT_ENTRY_OUT, 4 * delta * TARGET, width),
    }


def bounded(summand: sympy.Expr, behind: Boolean) -> sympy.Expr:
    """A summand of (103)."""
    return summand.subs({norm: c_1, entry: c_2 / sympy.sqrt(n_l1), entry_2: behind.rhs})


def summand_bounds(draws: Draws) -> tuple[Step, ...]:
    """(102) => (103) => (104), summand by summand."""
    steps: list[Step] = []
    for name, (before, behind, limit, condition) in summands(draws).items():
        after = bounded(before, behind)
        steps += [
            Step(
                f"{name}-103",
                f"the {name} summand of (102) is at most that of (103)",
                "monotone-substitution",
                sympy.Le(before.subs(HERE), after),
                given=(NEXT_NORM, ENTRY_OUT, behind, *NOT_NEGATIVE),
                cites=("layer-behind", "entry-out", "next-entry-in", "next-entry-out"),
                equation="(103)",
                data={
                    "expression": before,
                    "replace": {
                        norm: (norm_behind, c_1),
                        entry: (largest_entry, c_2 / sympy.sqrt(n_l1)),
                        entry_2: (entry_behind, behind.rhs),
                    },
                },
            ),
            Step(
                f"{name}-summand",
                f"which is at most {limit.as_coeff_Mul()[0]} delta c_1^{{2(l+1)}}",
                "monomial-ratio",
                sympy.Le(after, limit),
                given=(condition.relation,),
                cites=(condition.id,),
                equation="(104)",
            ),
        ]
    return tuple(steps)


def block(draws: Draws) -> tuple[Step, ...]:
    """(58) from the two-layer proposition."""
    lam, omega = draws.in_block(Lambda, {}), draws.in_block(omega_block, {})
    parts = summands(draws)
    total = sympy.Add(*(before.subs(HERE) for before, _, _, _ in parts.values()))
    here, limit = sympy.exp(lam) * total, 5 * growth(2 * delta) * TARGET
    carried = (1 + growth(lam)) * (operator_norm * norm_behind) ** 2 * error_in_front
    text = "the two-layer proposition with rho = theta = c_1^{l-1} and kappa = c_1^{l+1}"
    proposition = draws.of_two("two-layers", text, "error", "(99)")
    nothing_behind = applied(
        "no-second-layer",
        "layer l + 1 itself is kept, so that it carries the error in front of it on",
        LEMMA_17,
        draws.variant,
        "uncompressed",
        {
            sigma: c_1,
            largest_norm: operator_norm,
            sigma_1: norm_behind,
            error_behind: error_behind_block,
            distance: inside,
        },
        given=(*NOT_NEGATIVE, sympy.Ge(inside, 0)),
    )
    cancelled = sympy.Or(sympy.Le(norm_behind, 0), sympy.Eq(lam * omega, total))
    bound = sympy.Le(error_behind_block, (1 + draws.value) * (carried + here))
    in_form = Step(
        "block-error",
        "the error behind the block, with f(Lambda) omega as (102) has it; it is zero if W_{l+1} is",
        "smt",
        bound,
        given=(
            *(proposition.conclusion, nothing_behind.conclusion, cancelled),
            *(sympy.Ge(total, 0), sympy.Ge(lam, 0), *NOT_NEGATIVE),
        ),
        cites=("two-layers", "no-second-layer", "omega", "not-negative", "layer-behind"),
        equation="(102)",
    )
    ten = sympy.Le(total, 10 * delta * TARGET)
    return (
        proposition,
        nothing_behind,
        Step(
            "omega",
            "Lambda omega is the sum in (102), unless W_{l+1} is zero",
            "smt",
            cancelled,
            given=NOT_NEGATIVE,
            cites=("layer-behind",),
            equation="(102)",
        ),
        Step(
            "not-negative",
            "neither is negative",
            "smt",
            sympy.And(sympy.Ge(total, 0), sympy.Ge(lam, 0)),
            given=NOT_NEGATIVE,
            cites=("layer-behind",),
        ),
        in_form,
        *exponent_bounds(draws),
        *summand_bounds(draws),
        Step(
            "total-104",
            "2 delta + 4 delta + 4 delta = 10 delta",
            "smt",
            ten,
            given=tuple(
                relation
                for before, behind, most, _ in parts.values()
                for relation in (
                    sympy.Le(before.subs(HERE), bounded(before, behind)),
                    sympy.Le(bounded(before, behind), most),
                )
            ),
            cites=tuple(f"{name}-{suffix}" for name in parts for suffix in ("103", "summand")),
            equation="(104)",
        ),
        Step(
            "growth-of-two-delta",
            "so f(Lambda) omega <= 5 f(2 delta) c_1^{2(l+1)}",
            "monotone-substitution",
            sympy.Le(here, limit),
            given=(sympy.Le(lam, 2 * delta), ten, sympy.Ge(total, 0)),
            cites=("exponent", "total-104", "not-negative"),
            equation="(104)",
            data={
                "expression": sympy.exp(exponent) * added,
                "replace": {added: (total, 10 * delta * TARGET), exponent: (lam, 2 * delta)},
            },
        ),
        *block_growth(
            in_form,
            (OPERATOR_NORM.relation, NEXT_NORM, *NOT_NEGATIVE),
            (sympy.Ge(lam, 0), sympy.Le(lam, 2 * delta)),
            sympy.Le(here, limit),
            c_1,
            draws.value,
            ("operator-norm", "layer-behind", "exponent", "growth-of-two-delta", "not-negative"),
        ),
    )
