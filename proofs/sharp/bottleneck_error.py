"""The error of a bottleneck block: what is carried on with the bias, and the units' variances."""

import sympy

from boundcheck.core.operators import Expectation, Named, Norm
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Variable,
    Variant,
)

from .bottleneck import CARRIED, LIPSCHITZ
from .notation import NONNEGATIVE_REALS, distance, kappa, lipschitz, sigma_1, sigma_2

# Vectors and matrices stand inside norms alone: W_2, the hidden values a = phi(W_1 x) and c = phi(W_1 x'), and the
# deviation delta = phi(U x') - phi(W_1 x') with its mean over the draws.
second, a, c, delta, shift = sympy.symbols("W_2 a c delta E_delta")
delta_i, delta_j = (Named(f"delta_{i}", rf"\delta_{i}", real=True) for i in "ij")
given_inputs = Named("E_h||W_2 (a - c - delta)||^2", r"\mathbb{E}_h \| W_2 (a - c - \delta) \|^{2}", nonnegative=True)
spreads = Named("sum_i c_i Var(delta_i)", r"\sum_i c_i \operatorname{Var}(\delta_i)", nonnegative=True)
mean_error = Named("E||Psi||^2, all draws", r"\mathbb{E}_h \mathbb{E}\,\Psi", nonnegative=True)
bias_bound, spread_bound = sympy.symbols("B V", nonnegative=True)

APART, BIAS = Norm(second * (a - c)), Norm(second * shift)
TOGETHER = Norm(second * (a - c) - second * shift)
INDEPENDENT = Assumption(
    "independent-rows",
    sympy.Eq(Expectation(delta_i * delta_j), Expectation(delta_i) * Expectation(delta_j)),
    "deviations of units that are not drawn together are uncorrelated: their rows share no draws and no weights",
)
BIAS_BOUND = Assumption(
    "bias", sympy.Le(BIAS, bias_bound), "B bounds ||W_2 E delta|| at every input", only_for=("data",)
)
SPREAD_BOUND = Assumption(
    "variance", sympy.Le(spreads, spread_bound), "V bounds the sum of the variances at every input", only_for=("data",)
)
SPLIT = Claim(
    "split",
    Sense.EQUALITY,
    sympy.Eq(given_inputs, TOGETHER**2 + spreads),
    "at given inputs: squared bias and variances, c_i the squared norm of column i of W_2; where rows are drawn "
    "together, the sum of E||W_2E (delta_E - E delta_E)||^2 over their sets E",
)
BOUND = Claim(
    "bound", Sense.UPPER, sympy.Le(given_inputs, (APART + BIAS) ** 2 + spreads), "what is carried on and the bias apart"
)
MINKOWSKI = Claim(
    "minkowski",
    Sense.UPPER,
    sympy.Le(mean_error, (CARRIED + sympy.sqrt(Expectation(BIAS**2))) ** 2 + Expectation(spreads)),
    "in the mean over the inputs, behind the second activation and a projection that leaves the dense output",
)
DATA = Claim(
    "data",
    Sense.UPPER,
    sympy.Le(mean_error, (CARRIED + bias_bound) ** 2 + spread_bound),
    "the same with bounds that hold at every input",
)

STATEMENT = Statement(
    id="sharp-bottleneck-error",
    title="The error of a bottleneck block",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S2", page=2),
    variables=(
        Variable(second, None, "second layer's matrix"),
        Variable(a, None, "hidden values of the dense network"),
        Variable(c, None, "hidden values of the dense layer at the compressed network's input"),
        Variable(delta, None, "what the draws add to them, a random vector"),
        Variable(shift, None, "its mean over the draws"),
        Variable(delta_i, None, "deviation of one unit, a real number"),
        Variable(delta_j, None, "deviation of another unit"),
        Variable(given_inputs, None, "mean squared error in front of the second activation, at given inputs"),
        Variable(spreads, None, "sum of the units' variances times c_i, at given inputs"),
        Variable(mean_error, NONNEGATIVE_REALS, "mean squared error behind the block, over all draws and inputs"),
        Variable(sigma_1, NONNEGATIVE_REALS, "operator norm of W_1"),
        Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
        Variable(lipschitz, NONNEGATIVE_REALS, "Lipschitz constant of both activations"),
        Variable(distance, NONNEGATIVE_REALS, "mean squared distance of the two inputs"),
        Variable(kappa, NONNEGATIVE_REALS, "radius of the projection behind the block, at least the dense norm"),
        Variable(bias_bound, NONNEGATIVE_REALS, "bound on ||W_2 E delta||"),
        Variable(spread_bound, NONNEGATIVE_REALS, "bound on the sum of the variances"),
    ),
    variants={
        "printed": Variant(assumptions=(LIPSCHITZ, BIAS_BOUND, SPREAD_BOUND), claims=(SPLIT, BOUND, MINKOWSKI, DATA)),
        "corrected": Variant(
            assumptions=(LIPSCHITZ, INDEPENDENT, BIAS_BOUND, SPREAD_BOUND),
            claims=(SPLIT, BOUND, MINKOWSKI, DATA),
            corrections=(
                Correction(
                    "the rows are drawn independently of one another",
                    "Rows that share a drawn weight, as in an unstructured convolution, deviate together, and so do "
                    "rows of which one decides whether the other is drawn.",
                    Consequence.CONDITION,
                    "section 2",
                    "independent-rows",
                    ("uncorrelated", "adaptive-draws"),
                ),
            ),
        ),
    },
)
