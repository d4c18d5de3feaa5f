"""What the improved theorems share: the network, how much room they leave, and conditions on widths in closed form."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Scope, Sense, Variable

from .equal_shares import BIAS_SHARE, SHARE, room
from .network import LOSS
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    UNIT_INTERVAL,
    c_1,
    c_2,
    curvature,
    depth,
    error_network,
    input_norm,
    largest_entry,
    layer,
    lipschitz,
    loss_compressed,
    loss_dense,
    n_l,
    n_l1,
    n_l2,
    operator_norm,
    value_at_zero,
    xi,
)

kept_fraction = Named(
    "||W-hat_l||_0 / (n_l n_{l+1})", r"\frac{\| \hat W_{\ell} \|_0}{n_{\ell} n_{\ell+1}}", nonnegative=True
)
UNIT_BALL = Assumption("unit-ball", sympy.Le(input_norm, 1), "inputs lie in the unit ball")
ACTIVATIONS = (
    Assumption("activation-zero-at-zero", sympy.Eq(value_at_zero, 0), "phi_l(0) = 0", Scope.LAYER),
    Assumption("activation-lipschitz", sympy.Le(lipschitz, 1), "phi_l is 1-Lipschitz", Scope.LAYER),
    Assumption("activation-curvature", sympy.Le(curvature, 1), "phi_l' is 1-Lipschitz", Scope.BOTTLENECK),
)
NORM = Assumption("operator-norm", sympy.Le(operator_norm, c_1), "every operator norm is at most c_1", Scope.LAYER)
ENTRY = Assumption(
    "largest-entry",
    sympy.Le(largest_entry, c_2 / sympy.sqrt(sympy.Max(n_l, n_l1))),
    "every entry is at most c_2 over the root of the layer's larger width",
    Scope.LAYER,
)
NETWORK_ASSUMPTIONS = (UNIT_BALL, *ACTIVATIONS, NORM, ENTRY)
# The printed target (1 + xi)^m xi, with what is left of it for the means if every realization costs a factor.
TARGET = (1 + xi) ** depth * xi


def left_for_the_means(factor: sympy.Expr) -> sympy.Expr:
    """X: what may be behind the last layer in the mean, in units of c_1^{2m}."""
    return TARGET / factor**depth


def conditions(wide: sympy.Expr, inner: sympy.Expr, ratio: sympy.Expr) -> tuple[Assumption, ...]:
    """What a wide layer adds, and a bottleneck's bias and variance, in units of c_1^{2l} each."""
    return (
        Assumption("wide-ratio", sympy.Le(wide, SHARE), "a wide layer shrinks its input enough", Scope.WIDE),
        Assumption(
            "bottleneck-width", sympy.Le(inner, BIAS_SHARE), "a bottleneck's inner width is large", Scope.BOTTLENECK
        ),
        Assumption(
            "bottleneck-ratio",
            sympy.Le(ratio, SHARE),
            "a bottleneck's second layer shrinks enough",
            Scope.BOTTLENECK,
        ),
    )


ERROR = Claim(
    "error",
    Sense.EXISTENCE,
    sympy.Le(error_network, c_1 ** (2 * depth) * TARGET),
    "there is a compressed network with this mean squared distance to the dense one",
)
CLAIMS = (ERROR, LOSS)
NETWORK_VARIABLES = (
    Variable(layer, POSITIVE_INTEGERS, "layer number"),
    Variable(depth, POSITIVE_INTEGERS, "number of layers"),
    Variable(n_l, POSITIVE_INTEGERS, "input width of layer l"),
    Variable(n_l1, POSITIVE_INTEGERS, "output width of layer l"),
    Variable(n_l2, POSITIVE_INTEGERS, "output width of layer l + 1"),
    Variable(input_norm, NONNEGATIVE_REALS, "norm of an input of the network"),
    Variable(value_at_zero, sympy.S.Reals, "value of the activation at zero"),
    Variable(lipschitz, NONNEGATIVE_REALS, "Lipschitz constant of the activation"),
    Variable(curvature, NONNEGATIVE_REALS, "Lipschitz constant of the activation's derivative"),
    Variable(operator_norm, NONNEGATIVE_REALS, "operator norm of W_l"),
    Variable(largest_entry, NONNEGATIVE_REALS, "largest absolute entry of W_l"),
    Variable(c_1, POSITIVE_REALS, "bound on every operator norm"),
    Variable(c_2, POSITIVE_REALS, "bound on every entry times the root of the layer's larger width"),
    Variable(xi, UNIT_INTERVAL, "target of the theorem"),
    Variable(room, POSITIVE_REALS, "error that the layers may add in the mean, in units of c_1^{2m}"),
    Variable(error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs"),
    Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
    Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the compressed network"),
)
