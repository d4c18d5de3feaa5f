"""The paper's symbols, written once; every statement of this folder takes them from here."""

import sympy

from boundcheck.core.functions import BinomialCdf
from boundcheck.core.operators import Named
from boundcheck.core.statement import Variable

POSITIVE_REALS = sympy.Interval.open(0, sympy.oo)
NONNEGATIVE_REALS = sympy.Interval(0, sympy.oo)
UNIT_INTERVAL = sympy.Interval.open(0, 1)
POSITIVE_INTEGERS = sympy.S.Naturals

# One layer or one two-layer block: W_1 is n_2 x n_1, W_2 is n_3 x n_2.
n_1, n_2, n_3 = sympy.symbols("n_1 n_2 n_3", integer=True, positive=True)
sigma_1, sigma_2, nu_1, nu_2 = sympy.symbols("sigma_1 sigma_2 nu_1 nu_2", nonnegative=True)
rho, theta = sympy.symbols("rho theta", positive=True)
kappa = sympy.Symbol("kappa", positive=True)
phi, tau, tau_0, tau_1 = sympy.symbols("phi tau tau_0 tau_1", nonnegative=True)
distance = Named("E||x - x'||^2", r"\mathbb{E}\left\| x - x' \right\|^{2}", nonnegative=True)
Delta, Lambda, omega_block = sympy.symbols("Delta Lambda omega", nonnegative=True)

# The random draw and the passage from the mean to one realization.
alpha, p, gamma, epsilon = sympy.symbols("alpha p gamma epsilon", positive=True)
eta = sympy.Symbol("eta", positive=True)
k = sympy.Symbol("k", integer=True, positive=True)

# The network: W_l is n_{l+1} x n_l, l = 1, ..., m.
layer = sympy.Symbol("l", integer=True, positive=True)
depth = sympy.Symbol("m", integer=True, positive=True)
n_l = Named("n_l", r"n_{\ell}", integer=True, positive=True)
n_l1 = Named("n_{l+1}", r"n_{\ell+1}", integer=True, positive=True)
n_l2 = Named("n_{l+2}", r"n_{\ell+2}", integer=True, positive=True)
operator_norm = Named("||W_l||", r"\left\| W_{\ell} \right\|", nonnegative=True)
largest_entry = Named("||W_l||_inf", r"\left\| W_{\ell} \right\|_{\infty}", nonnegative=True)
value_at_zero = Named("phi_l(0)", r"\varphi_{\ell}(0)", real=True)
lipschitz = Named("||phi_l||_Lip", r"\left\| \varphi_{\ell} \right\|_{\mathrm{Lip}}", nonnegative=True)
curvature = Named("sup|phi_l''|", r"\sup \left| \varphi_{\ell}'' \right|", nonnegative=True)
input_norm = Named("||x||", r"\left\| x \right\|", nonnegative=True)
c_1, c_2 = sympy.symbols("c_1 c_2", positive=True)
xi, delta = sympy.symbols("xi delta", positive=True)
n_0 = sympy.Symbol("n_0", integer=True, positive=True)
omega_noise = sympy.Symbol("omega", positive=True)
loss_dense = Named("L(Phi)", r"L(\Phi)", nonnegative=True)
loss_compressed = Named("L(Phi-hat)", r"L(\hat\Phi)", nonnegative=True)
error_network = Named("E||Phi - Phi-hat||^2", r"\mathbb{E}\left\| \Phi(x) - \hat\Phi(x) \right\|^{2}", nonnegative=True)
label_noise = Named("E||y - E[y|x]||^2", r"\mathbb{E}\left\| y - \mathbb{E}[y \mid x] \right\|^{2}", nonnegative=True)
kept_fraction = Named(
    "||W-hat_l||_0 / (n_l n_{l+1})", r"\frac{\| \hat W_{\ell} \|_0}{n_{\ell} n_{\ell+1}}", nonnegative=True
)
unquantized_fraction = Named(
    "#{W-hat_l not in K} / (n_l n_{l+1})",
    r"\frac{\| \mathbf{1}_{\hat W_{\ell} \notin \mathcal{K}} \|_0}{n_{\ell} n_{\ell+1}}",
    nonnegative=True,
)
scale_l = 1 / sympy.sqrt(sympy.Max(n_l, n_l1))


def growth(x: sympy.Expr) -> sympy.Expr:
    """f(x) = x e^x, used throughout the paper."""
    return x * sympy.exp(x)


def draws(entries: sympy.Expr) -> sympy.Expr:
    """Entries that are processed in a layer of so many: floor(alpha N)."""
    return sympy.floor(alpha * entries)


def allowed_nonzeros(count: sympy.Expr) -> sympy.Expr:
    """Largest number of nonzero draws within the relative excess gamma, an integer."""
    return sympy.floor((1 + gamma) * p * count)


def excess_probability(count: sympy.Expr) -> sympy.Expr:
    """P(B > (1 + gamma) p T) for B ~ Binomial(T, p)."""
    return 1 - BinomialCdf(allowed_nonzeros(count), count, p)


PRUNING_PARAMETERS = (
    Variable(p, UNIT_INTERVAL, "keep probability of one draw (bernoulli)"),
    Variable(gamma, UNIT_INTERVAL, "relative excess of nonzero draws that is allowed"),
    Variable(epsilon, UNIT_INTERVAL, "slack of the passage from the mean to one realization"),
)
VALUE_AT_ZERO = Variable(value_at_zero, sympy.S.Reals, "value of the activation at zero")
LIPSCHITZ = Variable(lipschitz, NONNEGATIVE_REALS, "Lipschitz constant of the activation")
CURVATURE = Variable(curvature, NONNEGATIVE_REALS, "supremum of the activation's absolute second derivative")
ACTIVATION_VARIABLES = (VALUE_AT_ZERO, LIPSCHITZ, CURVATURE)
OPERATOR_NORM = Variable(operator_norm, NONNEGATIVE_REALS, "operator norm of W_l")
LARGEST_ENTRY = Variable(largest_entry, NONNEGATIVE_REALS, "largest absolute entry of W_l")
C_1 = Variable(c_1, POSITIVE_REALS, "bound on every operator norm")
C_2 = Variable(c_2, POSITIVE_REALS, "bound on every entry times the root of the layer's larger width")
INPUT_NORM = Variable(input_norm, NONNEGATIVE_REALS, "norm of an input of the network")
LAYER_WIDTHS = (
    Variable(n_l, POSITIVE_INTEGERS, "input width of layer l"),
    Variable(n_l1, POSITIVE_INTEGERS, "output width of layer l"),
)
ALPHA = Variable(alpha, UNIT_INTERVAL, "fraction of entries processed")
LEVELS = Variable(k, POSITIVE_INTEGERS, "quantization levels on each side of zero")
ONE_LAYER_VARIABLES = (
    Variable(n_1, POSITIVE_INTEGERS, "input width"),
    Variable(n_2, POSITIVE_INTEGERS, "output width"),
    Variable(sigma_1, NONNEGATIVE_REALS, "operator norm of W_1"),
    Variable(nu_1, NONNEGATIVE_REALS, "largest absolute entry of W_1"),
    Variable(rho, POSITIVE_REALS, "bound on the norm of the dense input x"),
    Variable(theta, POSITIVE_REALS, "bound on the norm of the compressed network's input x'"),
    Variable(distance, NONNEGATIVE_REALS, "mean squared distance of the two inputs"),
    VALUE_AT_ZERO,
    LIPSCHITZ,
)
TWO_LAYER_VARIABLES = (
    *ONE_LAYER_VARIABLES,
    Variable(n_3, POSITIVE_INTEGERS, "output width of the second layer"),
    Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
    Variable(nu_2, NONNEGATIVE_REALS, "largest absolute entry of W_2"),
    CURVATURE,
)
NETWORK_VARIABLES = (
    Variable(layer, POSITIVE_INTEGERS, "layer number"),
    Variable(depth, POSITIVE_INTEGERS, "number of layers"),
    *LAYER_WIDTHS,
    Variable(n_l2, POSITIVE_INTEGERS, "output width of layer l + 1"),
    INPUT_NORM,
    *ACTIVATION_VARIABLES,
    OPERATOR_NORM,
    LARGEST_ENTRY,
    C_1,
    C_2,
    Variable(xi, UNIT_INTERVAL, "target of the theorem"),
)
