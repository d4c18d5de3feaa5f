"""The symbols of this theory, written once; every statement of this folder takes them from here.

Layers are as in the paper it sharpens: W_l is n_{l+1} x n_l, W_1 and W_2 stand for one layer or a two-layer block.
"""

import sympy

from boundcheck.core.functions import BinomialCdf
from boundcheck.core.operators import Named
from boundcheck.core.statement import Variable

POSITIVE_REALS = sympy.Interval.open(0, sympy.oo)
NONNEGATIVE_REALS = sympy.Interval(0, sympy.oo)
UNIT_INTERVAL = sympy.Interval.open(0, 1)
KEEP_PROBABILITIES = sympy.Interval.Lopen(0, 1)
POSITIVE_INTEGERS = sympy.S.Naturals

# Widths, norms and the input of one layer or one two-layer block.
n_1, n_2, n_3 = sympy.symbols("n_1 n_2 n_3", integer=True, positive=True)
sigma_1, sigma_2, nu_1, nu_2 = sympy.symbols("sigma_1 sigma_2 nu_1 nu_2", nonnegative=True)
column_1, column_2 = (
    Named(f"||W_{i}||_col", rf"\left\| W_{i} \right\|_{{\mathrm{{col}}}}", nonnegative=True) for i in (1, 2)
)
row_1 = Named("||W_1||_row", r"\left\| W_1 \right\|_{\mathrm{row}}", nonnegative=True)
bias_norm = Named("||bias_1||", r"\left\| \beta_1 \right\|", nonnegative=True)
theta = sympy.Symbol("theta", nonnegative=True)
distance = Named("E||x - x'||^2", r"\mathbb{E}\left\| x - x' \right\|^{2}", nonnegative=True)
error = Named("E||Psi||^2", r"\mathbb{E}\,\Psi", nonnegative=True)

# The activation: Lipschitz constant, curvature, half the range of its slopes, slope below zero of a leaky ReLU.
lipschitz = sympy.Symbol("L", nonnegative=True)
curvature = sympy.Symbol("C", nonnegative=True)
third_derivative = sympy.Symbol("C_3", nonnegative=True)
slope_range = sympy.Symbol("g", nonnegative=True)
slope_range_of_multiples = Named("g_0", r"g_0", nonnegative=True)
leak = sympy.Symbol("s", real=True)

# The draws: share of units processed, keep probability, allowed excess, slack of one realization, levels.
alpha, p, gamma, epsilon = sympy.symbols("alpha p gamma epsilon", nonnegative=True)
k = sympy.Symbol("k", integer=True, positive=True)
weight = sympy.Symbol("w", real=True)
largest = sympy.Symbol("M", nonnegative=True)

# One unit: its dense preactivation z, the moments of its deviation zeta, and what they do behind the activation.
z = sympy.Symbol("z", real=True)
v = sympy.Symbol("v", nonnegative=True)
third_moment = sympy.Symbol("mu_3", real=True)
fourth_moment = sympy.Symbol("mu_4", nonnegative=True)
sixth_moment = sympy.Symbol("mu_6", nonnegative=True)
slope, second_derivative = sympy.symbols("phi' phi''", real=True)
bias = sympy.Symbol("b", real=True)
bias_below = sympy.Symbol("b_0", nonnegative=True)
unit_variance = Named("Var(delta)", r"\operatorname{Var}(\delta)", nonnegative=True)

# Measured at the dense inputs, sample by sample.
measured = Named("E||Psi_0||^2", r"\mathbb{E}\,\Psi_0", nonnegative=True)
largest_column_variance = sympy.Symbol("a", nonnegative=True)
lipschitz_behind = Named("Lip", r"\Lambda", nonnegative=True)
linearized = Named("E||J Delta||^2", r"\mathbb{E}\left\| J \Delta \right\|^{2}", nonnegative=True)
remainder = sympy.Symbol("R", nonnegative=True)


def draws(units: sympy.Expr) -> sympy.Expr:
    """Units that are processed of so many: floor(alpha N)."""
    return sympy.floor(alpha * units)


def allowed_nonzeros(count: sympy.Expr) -> sympy.Expr:
    """Largest number of nonzero draws within the relative excess gamma, an integer."""
    return sympy.floor((1 + gamma) * p * count)


def excess_probability(count: sympy.Expr) -> sympy.Expr:
    """P(B > (1 + gamma) p T) for B ~ Binomial(T, p)."""
    return 1 - BinomialCdf(allowed_nonzeros(count), count, p)


def pruned(p: sympy.Expr) -> sympy.Expr:
    """(1 - p)/p, the variance of a multiplier that is 1/p with probability p, else 0."""
    return (1 - p) / p


PRUNING_PARAMETERS = (
    Variable(p, KEEP_PROBABILITIES, "keep probability of one draw (bernoulli)"),
    Variable(gamma, NONNEGATIVE_REALS, "relative excess of nonzero draws that is allowed"),
    Variable(epsilon, NONNEGATIVE_REALS, "slack of the passage from the mean to one realization"),
)
ALPHA = Variable(alpha, sympy.Interval.Lopen(0, 1), "fraction of units processed")
LEVELS = Variable(k, POSITIVE_INTEGERS, "quantization levels on each side of zero")
ONE_LAYER_VARIABLES = (
    Variable(n_1, POSITIVE_INTEGERS, "input width"),
    Variable(n_2, POSITIVE_INTEGERS, "output width"),
    Variable(sigma_1, NONNEGATIVE_REALS, "operator norm of W_1"),
    Variable(theta, NONNEGATIVE_REALS, "bound on the norm of the input, dense and compressed"),
    Variable(distance, NONNEGATIVE_REALS, "mean squared distance of the two inputs"),
    Variable(lipschitz, NONNEGATIVE_REALS, "Lipschitz constant of the activation"),
)


# Whole networks: W_l is n_{l+1} x n_l, l = 1, ..., m, as in the paper that this theory sharpens.
layer = sympy.Symbol("l", integer=True, positive=True)
depth = sympy.Symbol("m", integer=True, positive=True)
n_l = Named("n_l", r"n_{\ell}", integer=True, positive=True)
n_l1 = Named("n_{l+1}", r"n_{\ell+1}", integer=True, positive=True)
n_l2 = Named("n_{l+2}", r"n_{\ell+2}", integer=True, positive=True)
operator_norm = Named("||W_l||", r"\left\| W_{\ell} \right\|", nonnegative=True)
largest_entry = Named("||W_l||_inf", r"\left\| W_{\ell} \right\|_{\infty}", nonnegative=True)
value_at_zero = Named("phi_l(0)", r"\varphi_{\ell}(0)", real=True)
input_norm = Named("||x||", r"\left\| x \right\|", nonnegative=True)
c_1, c_2, xi = sympy.symbols("c_1 c_2 xi", positive=True)
loss_dense = Named("L(Phi)", r"L(\Phi)", nonnegative=True)
loss_compressed = Named("L(Phi-hat)", r"L(\hat\Phi)", nonnegative=True)
error_network = Named("E||Phi - Phi-hat||^2", r"\mathbb{E}\left\| \Phi(x) - \hat\Phi(x) \right\|^{2}", nonnegative=True)

# One draw h in place of a weight w: its central moments, where entries are pruned, and where they are rounded.
multiplier_variance = Named("Var(h/w)", r"\operatorname{Var}(h/w)", nonnegative=True)
pruned_variance = Named("Var(pruned h)", r"\operatorname{Var}(h^{\mathrm{p}})", nonnegative=True)
pruned_third = Named("E(pruned h - w)^3", r"\mathbb{E}(h^{\mathrm{p}} - w)^{3}", real=True)
pruned_fourth = Named("E(pruned h - w)^4", r"\mathbb{E}(h^{\mathrm{p}} - w)^{4}", nonnegative=True)
pruned_sixth = Named("E(pruned h - w)^6", r"\mathbb{E}(h^{\mathrm{p}} - w)^{6}", nonnegative=True)
quantized_variance = Named("Var(quantized h)", r"\operatorname{Var}(h^{\mathrm{q}})", nonnegative=True)
quantized_third = Named("E(quantized h - w)^3", r"\mathbb{E}(h^{\mathrm{q}} - w)^{3}", real=True)
quantized_fourth = Named("E(quantized h - w)^4", r"\mathbb{E}(h^{\mathrm{q}} - w)^{4}", nonnegative=True)
quantized_sixth = Named("E(quantized h - w)^6", r"\mathbb{E}(h^{\mathrm{q}} - w)^{6}", nonnegative=True)
# The error in front of the activation, before one realization is chosen, and what makes it up.
before = Named("E||W x - U x'||^2", r"\mathbb{E}\left\| W x - U x' \right\|^{2}", nonnegative=True)
carried = Named("E||W (x - x')||^2", r"\mathbb{E}\left\| W (x - x') \right\|^{2}", nonnegative=True)
kappa = sympy.Symbol("kappa", nonnegative=True)
