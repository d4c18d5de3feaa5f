"""Steps that the proofs of Theorems 2 and 3 share: what is drawn, and the one-layer propositions at a wide layer, with
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
from .lemma_17_induction_over_layers import error as error_behind
from .lemma_17_induction_over_layers import error_behind_block, error_in_front
from .notation import (
    alpha,
    c_1,
    c_2,
    delta,
    distance,
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
    operator_norm,
    phi,
    rho,
    sigma_1,
    sigma_2,
    theta,
)
from .over_the_layers import wide_growth
from .proposition_20_one_layer_independent_entries import SECOND_ORDER
from .stated_against_proved import FROM_11

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
