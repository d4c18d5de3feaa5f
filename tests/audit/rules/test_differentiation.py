"""Derivatives of the losses of Lemmas 15 and 16, for every small size, and planted faults in them."""

from collections.abc import Mapping

import pytest
import sympy
from sympy import And, Derivative, Eq, Function, Rational, Symbol

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.differentiation import check
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

phi, slope, curvature = Function("phi"), Function("phi'"), Function("phi''")
t = Symbol("t", real=True)
x = Symbol("x", real=True)
SIZES = [(a, b, c) for a in (1, 2) for b in (1, 2) for c in (1, 2)]
second, square, h_1, h_2 = sympy.symbols("second x_0^2 H_1 H_2", real=True)
ONE_LAYER, TWO_LAYERS = Eq(second, 2 * square), Eq(second, h_1 + h_2)
Components = dict[sympy.Basic, sympy.Expr]


def replay(conclusion: sympy.Basic, domains: Mapping[sympy.Basic, Variable] | None = None, **data: object) -> Finding:
    return check(Step("s", "", "differentiation", conclusion, data=data), domains or {})


def entries(name: str, rows: int, columns: int) -> list[list[sympy.Symbol]]:
    return [[Symbol(f"{name}_{i}{j}", real=True) for j in range(columns)] for i in range(rows)]


def one_layer(n_1: int, n_2: int) -> Components:
    """||W_1 x - Z x'||^2, entry (0, 0) of Z replaced by t: second derivative 2 x'_0^2."""
    dense, drawn = entries("w", n_2, n_1), entries("z", n_2, n_1)
    drawn[0][0] = t
    first, compressed = sympy.symbols(f"x:{n_1}", real=True), sympy.symbols(f"y:{n_1}", real=True)
    outputs = [sum(dense[i][j] * first[j] - drawn[i][j] * compressed[j] for j in range(n_1)) for i in range(n_2)]
    return {second: Derivative(sum(value**2 for value in outputs), (t, 2)), square: compressed[0] ** 2}


def two_layers(n_1: int, n_2: int, n_3: int, *, h_2_factor: int = 2, h_2_sign: int = -1) -> Components:
    """||W_2 phi(W_1 x) - W_2 phi(Z x')||^2: second derivative H1 + H2, H2 with the residual and phi''."""
    dense, drawn, top = entries("w", n_2, n_1), entries("z", n_2, n_1), entries("v", n_3, n_2)
    drawn[0][0] = t
    first, compressed = sympy.symbols(f"x:{n_1}", real=True), sympy.symbols(f"y:{n_1}", real=True)
    before = [sum(dense[i][j] * first[j] for j in range(n_1)) for i in range(n_2)]
    after = [sum(drawn[i][j] * compressed[j] for j in range(n_1)) for i in range(n_2)]
    residual = [sum(top[a][i] * (phi(before[i]) - phi(after[i])) for i in range(n_2)) for a in range(n_3)]
    loss = sum(value**2 for value in residual)
    slope_part = 2 * sum((top[a][0] * slope(after[0]) * compressed[0]) ** 2 for a in range(n_3))
    pulled_back = sum(top[a][0] * residual[a] for a in range(n_3))
    bend_part = h_2_sign * h_2_factor * pulled_back * curvature(after[0]) * compressed[0] ** 2
    return {second: Derivative(loss, (t, 2)), h_1: slope_part, h_2: bend_part}


def test_lemma_15_one_layer() -> None:
    found = replay(ONE_LAYER, dimensions=[(a, b) for a in (1, 2) for b in (1, 2)], instance=one_layer)
    assert found.status is Status.PROVED_UP_TO
    assert "2x2" in found.note


def test_lemma_15_two_layers_with_a_generic_activation() -> None:
    found = replay(TWO_LAYERS, dimensions=SIZES, instance=two_layers)
    assert found.status is Status.PROVED_UP_TO
    assert "2x2x2" in found.note


def test_a_wrong_constant_has_a_witness() -> None:
    found = replay(Eq(second, 3 * square), dimensions=[(1, 1)], instance=one_layer)
    assert found.status is Status.REFUTED
    assert Rational(found.witness["y0"]) != 0  # the sides are 2 y^2 and 3 y^2


@pytest.mark.parametrize("fault", [{"h_2_factor": 1}, {"h_2_sign": 1}])
def test_a_wrong_term_of_two_layers_has_a_witness(fault: dict[str, int]) -> None:
    found = replay(TWO_LAYERS, dimensions=[(1, 1, 1)], instance=lambda *size: two_layers(*size, **fault))
    assert found.status is Status.REFUTED
    assert found.witness["phi"] in {"sin", "tanh"}


def test_a_fault_that_only_larger_sizes_show_is_found_there() -> None:
    def all_columns(n_1: int, n_2: int) -> Components:
        """Right as long as there is one."""
        return {**one_layer(n_1, n_2), square: sum(y**2 for y in sympy.symbols(f"y:{n_1}", real=True))}

    found = replay(ONE_LAYER, dimensions=[(1, 1), (2, 1)], instance=all_columns)
    assert found.status is Status.REFUTED
    assert found.note.startswith("at (2, 1)")


def test_it_is_the_steps_own_conclusion_that_is_decided() -> None:
    """What is written out must stand in the conclusion, and what is not written out is no derivative."""
    assert replay(Eq(t, x), dimensions=[(1, 1)], instance=one_layer).status is Status.UNKNOWN
    left_out = replay(ONE_LAYER, dimensions=[(1, 1)], instance=lambda a, b: {square: one_layer(a, b)[square]})
    assert left_out.status is Status.REFUTED
    unproved = replay(And(ONE_LAYER, sympy.Le(second, 0)), dimensions=[(1, 1)], instance=one_layer)
    assert unproved.status is Status.UNKNOWN


def test_every_equality_of_a_conjunction_counts() -> None:
    twice = And(ONE_LAYER, Eq(second - square, square))
    assert replay(twice, dimensions=[(1, 1), (2, 2)], instance=one_layer).status is Status.PROVED_UP_TO
    once_wrong = And(ONE_LAYER, Eq(second - square, 2 * square))
    assert replay(once_wrong, dimensions=[(1, 1)], instance=one_layer).status is Status.REFUTED


def test_the_chain_rule_with_given_names() -> None:
    first = Function("dphi")
    right = 3 * first(3 * t)
    equality = Eq(Derivative(phi(3 * t), t), right, evaluate=False)
    assert replay(equality, derivatives={phi: (first,)}).status is Status.PROVED
    assert replay(equality).status is not Status.PROVED  # dphi means nothing then


def test_a_derivative_at_a_point_of_a_product_is_not_taken_for_one_of_phi() -> None:
    at_zero = sympy.Subs(Derivative(phi(x * t), t), t, 0)
    assert replay(Eq(at_zero, slope(0), evaluate=False)).status is not Status.PROVED
    assert replay(Eq(at_zero, x * slope(0), evaluate=False)).status is Status.PROVED


def test_witnesses_lie_in_the_domains() -> None:
    equality = Eq(Derivative(x * t**2, (t, 2)), x, evaluate=False)
    domain = {x: Variable(x, sympy.FiniteSet(0), "")}
    assert replay(equality, domain).status is Status.UNKNOWN  # false but for x = 0, the only value
    assert replay(equality).status is Status.REFUTED


@pytest.mark.parametrize("conclusion", [sympy.true, sympy.Le(x, t), Eq(Derivative(phi(x, t), t), 0, evaluate=False)])
def test_what_cannot_be_decided_is_unknown(conclusion: sympy.Basic) -> None:
    assert replay(conclusion).status is Status.UNKNOWN


def test_no_dimensions_prove_nothing() -> None:
    assert replay(ONE_LAYER, dimensions=[], instance=one_layer).status is Status.UNKNOWN
