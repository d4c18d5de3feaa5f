"""Steps that the proofs of Theorems 2 and 3 share: the one- and two-layer propositions at a layer of the network, with
norms, entries and widths as (10), (11) and the theorem's conditions bound them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption, Statement
from boundcheck.core.step import Step

from .assumption_10_operator_norm import ASSUMPTION as OPERATOR_NORM
from .lemma_17_induction_over_layers import STATEMENT as LEMMA_17
from .lemma_17_induction_over_layers import error as error_behind
from .lemma_17_induction_over_layers import error_behind_block, error_in_front, largest_norm, sigma
from .notation import (
    Lambda,
    alpha,
    c_1,
    c_2,
    delta,
    distance,
    growth,
    kappa,
    largest_entry,
    layer,
    n_1,
    n_2,
    n_3,
    n_l,
    n_l1,
    n_l2,
    nu_1,
    nu_2,
    omega_block,
    operator_norm,
    phi,
    rho,
    sigma_1,
    sigma_2,
    theta,
)
from .over_the_layers import block_growth, wide_growth
from .proposition_20_one_layer_independent_entries import SECOND_ORDER
from .stated_against_proved import ENTRY_OUT, FROM_11

# Layer l + 1: its norm and its largest entry; and the error between the layers of a block.
norm_behind, entry_behind, inside = sympy.symbols("||W_{l+1}|| ||W_{l+1}||_inf E_l", real=True)
norm, entry, entry_2, exponent, added = sympy.symbols("s v v' t a", real=True)

NEXT_NORM = OPERATOR_NORM.relation.subs(operator_norm, norm_behind)
NEXT_11 = FROM_11.subs({largest_entry: entry_behind, n_l: n_l1, n_l1: n_l2}, simultaneous=True)
ENTRY_IN = sympy.Le(largest_entry, c_2 / sympy.sqrt(n_l))
NEXT_ENTRY_IN = sympy.Le(entry_behind, c_2 / sympy.sqrt(n_l1))
NEXT_ENTRY_OUT = sympy.Le(entry_behind, c_2 / sympy.sqrt(n_l2))
NOT_NEGATIVE = (sympy.Ge(norm_behind, 0), sympy.Ge(entry_behind, 0))
FRONT, TARGET = c_1 ** (layer - 1), c_1 ** (2 * (layer + 1))


@dataclass(frozen=True)
class Draws:
    """What a theorem draws, in one of its variants: both propositions, and E(h - w)^2 <= moment nu^2 for the draw h.

    error: what the propositions bound. size: the bound on |h - w| / nu in the third summand of f(Lambda) omega. value:
    what stands for epsilon. widths: the conditions of wide layers, of a bottleneck's inner width, and of its second
    layer. where: the propositions' remaining symbols, at a layer of the network.
    """

    variant: str
    one: Statement
    two: Statement
    error: sympy.Basic
    moment: sympy.Expr
    size: sympy.Expr
    value: sympy.Expr
    widths: tuple[Assumption, ...]
    where: Mapping[sympy.Basic, sympy.Basic]

    @property
    def factor(self) -> sympy.Expr:
        """alpha / (1 - alpha) times the second moment, which all conditions on widths hold."""
        return alpha * self.moment / (1 - alpha)

    def at_wide_layer(self) -> dict[sympy.Basic, sympy.Basic]:
        """The one-layer proposition's symbols at layer l of W."""
        return {**_LAYER, kappa: c_1**layer, self.error: error_behind, **self.where}

    def at_block(self) -> dict[sympy.Basic, sympy.Basic]:
        """The two-layer proposition's symbols at layers l and l + 1, l in B."""
        behind = {n_3: n_l2, sigma_2: norm_behind, nu_2: entry_behind, kappa: c_1 ** (layer + 1)}
        return {**_LAYER, **behind, self.error: error_behind_block, **self.where}

    def of_one(self, step_id: str, text: str, claim: str, equation: str) -> Step:
        """A claim of the one-layer proposition."""
        return applied(step_id, text, self.one, self.variant, claim, self.at_wide_layer(), equation, (RADIUS,))

    def of_two(self, step_id: str, text: str, claim: str, equation: str) -> Step:
        """A claim of the two-layer proposition."""
        given = (RADIUS_OF_BLOCK, *NOT_NEGATIVE)
        return applied(step_id, text, self.two, self.variant, claim, self.at_block(), equation, given)

    def in_block(self, expression: sympy.Expr, where: Mapping[sympy.Basic, sympy.Basic]) -> sympy.Expr:
        """An expression of the two-layer proposition there, its definitions put in."""
        form = self.variant if self.variant in self.two.variants else "printed"
        return self.two.variant(form).expand(expression).subs({**self.at_block(), **where}, simultaneous=True)


_LAYER: dict[sympy.Basic, sympy.Basic] = {
    **{n_1: n_l, n_2: n_l1, sigma_1: operator_norm, nu_1: largest_entry},
    **{rho: FRONT, theta: FRONT, distance: error_in_front},
}
RADIUS = sympy.Ge(c_1**layer, operator_norm * FRONT)
RADIUS_OF_BLOCK = sympy.Ge(c_1 ** (layer + 1), operator_norm * norm_behind * FRONT)


def alpha_range(printed: tuple[Boolean, ...], cites: tuple[str, ...]) -> tuple[Step, ...]:
    """The propositions' range of alpha, from how close alpha is to one and from n_0 >= 1/(1 - alpha)."""
    entries = n_l * n_l1
    return (
        Step("alpha-above", "alpha > 1/(n_l n_{l+1})", "smt", sympy.Gt(alpha, 1 / entries), printed, cites),
        Step("alpha-below", "alpha <= 1 - 1/(n_l n_{l+1})", "smt", sympy.Le(alpha, 1 - 1 / entries), printed, cites),
    )


def entries() -> tuple[Step, ...]:
    """(10) and (11) at the layer behind, and what (11) says of each width alone."""
    return (
        Step(
            "layer-behind",
            "(10) and (11) at layer l + 1",
            "let",
            sympy.And(NEXT_NORM, NEXT_11, *NOT_NEGATIVE, sympy.Ge(inside, 0)),
            cites=("operator-norm", "largest-entry"),
        ),
        Step("radius", "kappa_l >= ||W_l|| rho", "smt", RADIUS, (OPERATOR_NORM.relation,), ("operator-norm",)),
        Step(
            "radius-of-a-block",
            "kappa_{l+1} >= ||W_l|| ||W_{l+1}|| rho",
            "smt",
            RADIUS_OF_BLOCK,
            given=(OPERATOR_NORM.relation, NEXT_NORM, *NOT_NEGATIVE),
            cites=("operator-norm", "layer-behind"),
        ),
        Step("entry-in", "nu_l <= c_2/sqrt(n_l)", "smt", ENTRY_IN, (FROM_11,), ("largest-entry",)),
        Step("next-entry-in", "nu_{l+1} <= c_2/sqrt(n_{l+1})", "smt", NEXT_ENTRY_IN, (NEXT_11,), ("layer-behind",)),
        Step("next-entry-out", "nu_{l+1} <= c_2/sqrt(n_{l+2})", "smt", NEXT_ENTRY_OUT, (NEXT_11,), ("layer-behind",)),
    )


def wide_layer(draws: Draws) -> tuple[Step, ...]:
    """(57) from the one-layer proposition."""
    general = SECOND_ORDER.subs(
        {**draws.at_wide_layer(), phi: sympy.sqrt(draws.moment), nu_1: entry}, simultaneous=True
    )
    t, printed = (general.subs(entry, bound) for bound in (largest_entry, c_2 / sympy.sqrt(n_l)))
    limit = 2 * delta * c_1 ** (2 * layer)
    small = sympy.Le(t, limit)
    text = "the one-layer proposition with rho = theta = c_1^{l-1} and kappa = c_1^l"
    proposition = draws.of_one("wide-layer", text, "error", "(97)")
    return (
        proposition,
        Step(
            "entries-at-a-wide-layer",
            "t with nu_l <= c_2/sqrt(n_l)",
            "monotone-substitution",
            sympy.Le(t, printed),
            given=(ENTRY_IN,),
            cites=("entry-in",),
            equation="after (97)",
            data={
                "expression": general,
                "replace": {entry: (largest_entry, c_2 / sympy.sqrt(n_l))},
            },
        ),
        Step(
            "added-at-a-wide-layer",
            "t <= 2 c_1^{2l} delta, by the condition on the widths",
            "monomial-ratio",
            sympy.Le(printed, limit),
            given=(draws.widths[0].relation,),
            cites=("wide-ratio",),
            equation="after (97)",
        ),
        Step(
            "second-order-at-a-wide-layer",
            "both together",
            "smt",
            small,
            given=(sympy.Le(t, printed), sympy.Le(printed, limit)),
            cites=("entries-at-a-wide-layer", "added-at-a-wide-layer"),
            equation="after (97)",
        ),
        *wide_growth(
            proposition,
            OPERATOR_NORM.relation,
            small,
            c_1,
            draws.value,
            ("operator-norm", "second-order-at-a-wide-layer"),
        ),
    )


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
