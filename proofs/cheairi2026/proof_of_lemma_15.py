"""Lemma 15's proof step by step. Only row i depends on t, so the rest of the network enters as constants."""

from dataclasses import replace

import sympy

from boundcheck.core.step import Step

from .notation import n_2, n_3, nu_1, nu_2, sigma_2, tau, theta

t, x, rest, target, weight, others = sympy.symbols("t x_j c y W_li a", real=True)
slope, bend, square, root_error, left, eta = sympy.symbols("phi' phi'' E||x'||^2 R S_1 eta", real=True)
phi = sympy.Function("phi")


def _second_derivative() -> sympy.Expr:
    """d^2/dt^2 of one output's squared residual for generic phi, with phi' and phi'' as symbols."""
    residual = others + weight * phi(rest + t * x) - target
    derivative = sympy.diff(residual**2, t, 2)
    orders = {node: node.expr.derivative_count for node in derivative.atoms(sympy.Subs)}
    return derivative.subs({node: slope if order == 1 else bend for node, order in orders.items()})


RESIDUAL = others + weight * phi(rest + t * x) - target
TOTAL = (
    2 * theta**2 * nu_2**2 * n_2 * n_3
    + 2 * theta**3 * tau * sigma_2 * nu_1 * nu_2 * n_2 * sympy.sqrt(n_3)
    + 2 * theta**2 * sigma_2 * sympy.sqrt(n_2) * root_error
)
FACTORED = (
    2
    * theta**2
    * sigma_2
    * sympy.sqrt(n_2)
    * (
        root_error
        + nu_2**2 * n_3 * sympy.sqrt(n_2) / sigma_2
        + theta * tau * nu_1 * nu_2 * sympy.sqrt(n_2) * sympy.sqrt(n_3)
    )
)
STEPS = (
    Step(
        "one-layer-derivative",
        "the second derivative of (c - t x'_j)^2, the only output that depends on t",
        "exact-algebra",
        sympy.Eq(sympy.diff((rest - t * x) ** 2, t, 2), 2 * x**2, evaluate=False),
    ),
    Step(
        "one-layer-sum",
        "summed over rows and columns: at most 2 n_2 theta^2",
        "smt",
        sympy.Le(2 * n_2 * square, 2 * n_2 * theta**2),
        given=(sympy.Le(square, theta**2),),
        cites=("one-layer-derivative",),
        equation="(39)",
    ),
    Step(
        "two-layer-derivative",
        "for one output, 2 (W_2 phi' x'_j)^2 + 2 (residual) W_2 phi'' x'_j^2",
        "exact-algebra",
        sympy.Eq(
            _second_derivative(), 2 * (weight * slope * x) ** 2 + 2 * RESIDUAL * weight * bend * x**2, evaluate=False
        ),
        equation="(41)",
    ),
    Step(
        "slope-part",
        "the first part is at most 2 nu_2^2 x'_j^2 an output, as |phi'| <= 1",
        "smt",
        sympy.Le(2 * (weight * slope * x) ** 2, 2 * nu_2**2 * x**2),
        given=(sympy.Le(slope**2, 1), sympy.Le(weight**2, nu_2**2)),
        cites=("activation-lipschitz",),
        equation="(42)",
    ),
    Step(
        "residual-part",
        "Cauchy-Schwarz over the outputs and over the rows, and Jensen for the root",
        "citation",
        sympy.Le(sympy.Symbol("sum H_4"), theta**2 * sigma_2 * sympy.sqrt(n_2) * root_error),
        data={"source": "the Cauchy-Schwarz and Jensen inequalities"},
        equation="(43)-(45)",
    ),
    Step(
        "collected",
        "the three sums, with 2 theta^2 sigma_2 sqrt(n_2) in front",
        "exact-algebra",
        sympy.Eq(TOTAL, FACTORED, evaluate=False),
        cites=("second-layer",),
        equation="(40)",
    ),
    Step(
        "counted",
        "Lemma 10 with mean (2 n_2 theta^2)/|S_1|: eta times it is (39)'s right side",
        "exact-algebra",
        sympy.Eq(eta * (2 * n_2 * theta**2 / left), 2 * eta * theta**2 * n_2 / left, evaluate=False),
        cites=("lemma-10",),
        equation="(39)",
    ),
)
# Print does not say that the second layer is not zero.
PRINTED = tuple(replace(step, cites=()) if step.id == "collected" else step for step in STEPS)
PROOFS = {("lemma-15", "printed"): PRINTED, ("lemma-15", "corrected"): STEPS}
