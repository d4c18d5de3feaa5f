"""Steps that the improved theorems share: what the layers' statements say, in shares of what is allowed at the output.

Norms, entries and widths are bounded by c_1, c_2 and the theorem's conditions; the induction and the loss follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption, Statement
from boundcheck.core.step import Step

from .bottleneck import by_curvature, spread
from .equal_shares import (
    BIAS_SHARE,
    BLOCK_GROWTH,
    KEPT_GROWTH,
    SHARE,
    WIDE_GROWTH,
    error_behind,
    error_behind_block,
    error_in_front,
    factor,
    room,
    sigma,
)
from .equal_shares import STATEMENT as EQUAL_SHARES
from .network import STATEMENT as NETWORK
from .network_conditions import ACTIVATIONS, ERROR, NORM, left_for_the_means
from .notation import (
    c_1,
    column_1,
    column_2,
    depth,
    distance,
    error,
    kappa,
    layer,
    lipschitz,
    n_1,
    n_2,
    n_3,
    operator_norm,
    sigma_1,
    sigma_2,
    theta,
)
from .sizes_in_layers import FRONT
from .uncompressed_layer import STATEMENT as UNCOMPRESSED

Pairs = Mapping[sympy.Symbol, tuple[sympy.Expr, sympy.Expr]]
Replaced = Mapping[sympy.Basic, sympy.Basic]
# Of the layers: the one behind a bottleneck, and columns of a wide layer, a bottleneck and the layer behind it.
norm_behind, entry_behind = sympy.symbols("||W_{l+1}|| nu_{l+1}", real=True)
column_wide, column_tall, column_behind = sympy.symbols("col_l col'_l col_{l+1}", real=True)
bias_here, variance_here, added_here = sympy.symbols("B_l V_l A_l", real=True)
s, t, b, v, lipschitz_here = sympy.symbols("s t b v L'", real=True)
BEHIND = (sympy.Le(norm_behind, c_1), sympy.Ge(norm_behind, 0))
LIPSCHITZ, CURVATURE = ACTIVATIONS[1].relation, ACTIVATIONS[2].relation
ADDED_SMALL = sympy.Le(added_here, c_1 ** (2 * layer) * SHARE)
BIAS_SMALL = sympy.Le(bias_here, c_1 ** (layer + 1) * BIAS_SHARE)
VARIANCE_SMALL = sympy.Le(variance_here, c_1 ** (2 * (layer + 1)) * SHARE)


@dataclass(frozen=True)
class Sharper:
    """How a theorem compresses: a wide layer's and a bottleneck's statement, with what their symbols are at layer l.

    slack: the factor of one realization. widths: of the input and output of layer l, and of the next output.
    conditions: the theorem's, on a wide layer and on a bottleneck's bias and variance. given, cites: that norms are
    not negative, and what the theorem says of its draws.
    """

    one: Statement
    two: Statement
    where: Replaced
    slack: sympy.Expr
    widths: tuple[sympy.Expr, sympy.Expr, sympy.Expr]
    conditions: tuple[Assumption, ...]
    given: tuple[Boolean, ...] = ()
    cites: tuple[str, ...] = ()

    @property
    def at_layer(self) -> dict[sympy.Basic, sympy.Basic]:
        """The symbols of every layer's statement."""
        n_in, n_out, _ = self.widths
        return {
            **{n_1: n_in, n_2: n_out, sigma_1: operator_norm, theta: FRONT, kappa: c_1**layer},
            **{distance: error_in_front, error: error_behind, column_1: column_wide, **self.where},
        }

    @property
    def at_block(self) -> dict[sympy.Basic, sympy.Basic]:
        """The symbols of a bottleneck's statement."""
        return {
            **self.at_layer,
            **{n_3: self.widths[2], sigma_2: norm_behind, error: error_behind_block},
            **{column_1: column_tall, column_2: column_behind},
        }

    def of_one(self, step_id: str, text: str, claim: str) -> Step:
        """A claim of the wide layer's statement."""
        return applied(
            step_id, text, self.one, "printed", claim, self._known(self.one, self.at_layer), given=self.given
        )

    def of_two(self, step_id: str, text: str, claim: str) -> Step:
        """A claim of the bottleneck's statement."""
        given = (*BEHIND, *self.given)
        return applied(step_id, text, self.two, "printed", claim, self._known(self.two, self.at_block), given=given)

    @staticmethod
    def _known(statement: Statement, where: Replaced) -> dict[sympy.Basic, sympy.Basic]:
        variables = {variable.symbol for variable in statement.variables}
        return {symbol: value for symbol, value in where.items() if symbol in variables}

    def added(self) -> sympy.Expr:
        """What a wide layer's draws add, but for the Lipschitz constant and the factor of one realization."""
        variance = self.one.variant("printed").claim("error").terms[1].expression
        return variance.subs({**self.at_layer, lipschitz: 1}, simultaneous=True) / self.slack

    def names(self) -> tuple[Boolean, Boolean]:
        """The bottleneck's bias and variance by their names."""
        return sympy.Eq(bias_here, self._of_block(by_curvature)), sympy.Eq(variance_here, self._of_block(spread))

    def _of_block(self, symbol: sympy.Symbol) -> sympy.Expr:
        found: sympy.Expr = self.two.variant("printed").expand(symbol).subs(self.at_block, simultaneous=True)
        return found


def kept(sharper: Sharper) -> tuple[Step, ...]:
    """A layer that is left alone."""
    left_alone = applied(
        "left-alone",
        "a layer that is left alone",
        UNCOMPRESSED,
        "printed",
        "error",
        sharper._known(UNCOMPRESSED, sharper.at_layer),
    )
    return (
        left_alone,
        Step(
            "kept-growth",
            "with its norm at most c_1",
            "smt",
            KEPT_GROWTH.relation.subs(sigma, c_1),
            (left_alone.conclusion, LIPSCHITZ, NORM.relation),
            ("left-alone", "activation-lipschitz", "operator-norm"),
        ),
    )


def wide_growth(sharper: Sharper, small: Step) -> tuple[Step, ...]:
    """What a wide layer adds is one share: ``small`` concludes ADDED_SMALL."""
    whole = sharper.of_one("wide-layer", "a wide layer", "error")
    name, sign = sympy.Eq(added_here, sharper.added()), sympy.Ge(added_here, 0)
    named = sympy.Le(error_behind, sharper.slack * lipschitz**2 * (operator_norm**2 * error_in_front + added_here))
    together = sharper.slack * lipschitz_here**2 * (s**2 * error_in_front + v)
    replace = {lipschitz_here: (lipschitz, 1), s: (operator_norm, c_1), v: ADDED_SMALL.args}
    return (
        whole,
        Step("added", "what its draws add", "definition", name),
        Step("wide-named", "by this name", "smt", named, (whole.conclusion, name), ("wide-layer", "added")),
        Step("added-sign", "which is not negative", "smt", sign, (name, *sharper.given), ("added", *sharper.cites)),
        small,
        Step(
            "wide-growth",
            "with its norm at most c_1 and what it adds at most one share",
            "monotone-substitution",
            WIDE_GROWTH.relation.subs({sigma: c_1, factor: sharper.slack}),
            (named, sign, ADDED_SMALL, LIPSCHITZ, NORM.relation),
            ("wide-named", "added-sign", small.id, "activation-lipschitz", "operator-norm"),
            data={"expression": together, "replace": replace},
        ),
    )


def block_growth(sharper: Sharper, small: tuple[Step, ...]) -> tuple[Step, ...]:
    """A bottleneck's bias and variance are one share each: ``small`` concludes BIAS_SMALL and VARIANCE_SMALL."""
    whole = sharper.of_two("block", "a bottleneck", "error-smooth")
    names = sharper.names()
    carried = lipschitz * operator_norm * norm_behind * sympy.sqrt(error_in_front)
    named = sympy.Le(error_behind_block, sharper.slack * ((carried + bias_here) ** 2 + variance_here))
    positive = sympy.Ge(bias_here, 0)
    expression = sharper.slack * ((lipschitz_here * s * t * sympy.sqrt(error_in_front) + b) ** 2 + v)
    return (
        whole,
        Step("names", "its bias and variance", "definition", sympy.And(*names)),
        Step("block-named", "by these names", "smt", named, (whole.conclusion, *names), ("block", "names")),
        Step(
            "bias-sign",
            "the bias is not negative",
            "smt",
            positive,
            (names[0], *BEHIND, *sharper.given),
            ("names", "layer-behind", *sharper.cites),
        ),
        *small,
        Step(
            "block-growth",
            "with both norms at most c_1, and one share for the bias and one for the variance",
            "monotone-substitution",
            BLOCK_GROWTH.relation.subs({sigma: c_1, factor: sharper.slack}),
            (named, positive, BIAS_SMALL, VARIANCE_SMALL, LIPSCHITZ, NORM.relation, *BEHIND),
            (
                *("block-named", "bias-sign", "bias-small", "variance-small"),
                *("activation-lipschitz", "operator-norm", "layer-behind"),
            ),
            data={
                "expression": expression,
                "replace": {
                    lipschitz_here: (lipschitz, 1),
                    s: (operator_norm, c_1),
                    t: (norm_behind, c_1),
                    b: BIAS_SMALL.args,
                    v: VARIANCE_SMALL.args,
                },
            },
        ),
    )


def wide_small(sharper: Sharper, given: tuple[Boolean, ...], cites: tuple[str, ...]) -> Step:
    """What a wide layer's draws add is one share."""
    return Step(
        "wide-small",
        "what the draws of a wide layer add is one share",
        "smt",
        ADDED_SMALL,
        (sympy.Eq(added_here, sharper.added()), sharper.conditions[0].relation, *given, *sharper.given),
        ("added", sharper.conditions[0].id, *cites, *sharper.cites),
    )


def bias_small(
    sharper: Sharper, bound: sympy.Expr, replace: Pairs, given: tuple[Boolean, ...], cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """BIAS_SMALL; ``bound`` is the bias by the activation's curvature, in variables of its own for what is bounded."""
    before, after = (bound.xreplace({name: pair[end] for name, pair in replace.items()}) for end in (0, 1))
    by_curvature_alone, at_most = sympy.Le(bias_here, before), sympy.Le(bias_here, after)
    return (
        Step(
            "bias-by-curvature",
            "the bias by the activation's curvature",
            "smt",
            by_curvature_alone,
            (sharper.names()[0], *BEHIND, *sharper.given),
            ("names", "layer-behind", *sharper.cites),
        ),
        Step(
            "bias-at-most",
            "with norms, curvature and entries at most their bounds",
            "monotone-substitution",
            at_most,
            (by_curvature_alone, *BEHIND, CURVATURE, *given, *sharper.given),
            ("bias-by-curvature", "layer-behind", "activation-curvature", *cites, *sharper.cites),
            data={"expression": bound, "replace": replace},
        ),
        Step(
            "bias-small",
            "the bias is one share",
            "smt",
            BIAS_SMALL,
            (at_most, sharper.conditions[1].relation, *sharper.given),
            ("bias-at-most", sharper.conditions[1].id, *sharper.cites),
        ),
    )


def variance_small(
    sharper: Sharper, bound: sympy.Expr, given: tuple[Boolean, ...], cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """VARIANCE_SMALL; ``bound`` is the variance with norms and entries at most their bounds."""
    at_most = sympy.Le(variance_here, bound)
    return (
        Step(
            "variance-at-most",
            "the variance with norms and entries at most their bounds",
            "smt",
            at_most,
            (sharper.names()[1], LIPSCHITZ, *given, *sharper.given),
            ("names", "activation-lipschitz", *cites, *sharper.cites),
        ),
        Step(
            "variance-small",
            "the variance is one share",
            "smt",
            VARIANCE_SMALL,
            (at_most, sharper.conditions[2].relation, *sharper.given),
            ("variance-at-most", sharper.conditions[2].id, *sharper.cites),
        ),
    )


def conclusions(slack: sympy.Expr) -> tuple[Step, ...]:
    """The induction over the layers, and the loss."""
    shares = applied("shares", "equal shares", EQUAL_SHARES, "printed", "error", {sigma: c_1, factor: slack})
    cancels = sympy.Eq(sympy.Mul(slack**depth, slack**-depth, evaluate=False), 1, evaluate=False)
    allowed = sympy.Eq(room, left_for_the_means(slack))
    powers = (Step("realizations", "the realizations' factors cancel", "exact-algebra", cancels),) if slack != 1 else ()
    return (
        shares,
        *powers,
        Step(
            "error",
            "which is what the theorem allows",
            "smt",
            ERROR.relation,
            (shares.conclusion, allowed, *(step.conclusion for step in powers)),
            ("shares", *(step.id for step in powers)),
        ),
        applied("loss", "its loss", NETWORK, "corrected", "loss", {}),
    )
