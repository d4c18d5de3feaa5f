"""Lemma 16 on tiny instances: second derivatives by power series in one block's scale, not by the proof's formulas.

The scales are those of pruning, 0 or 1/p, averaged over all their values; data are finitely many pairs (x, x').
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb, arb_series
from proof_files import proof_module
from statement_formulas import assumption, claim
from test_lemma_15_second_derivative import ACTIVATIONS, Activation, Matrix, coefficient, identity, series, sine

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball
from boundcheck.exact.evaluate import decide
from boundcheck.exact.operator_norm import operator_norm

module = proof_module("lemma_16_second_derivative_of_one_block")
notation = proof_module("notation")
ONE_LAYER, TWO_LAYERS = (claim("lemma-16", name, "corrected") for name in ("one-layer", "two-layers"))
COUNT, DEVIATION = claim("lemma-16", "count", "corrected"), assumption("lemma-16", "deviation", "corrected")
ONE, QUARTER_TURN = Fraction(1), Fraction(11, 7)
ETAS = [Fraction(11, 10), Fraction(2), Fraction(4)]


@dataclass(frozen=True)
class Instance:
    """W_2 None: one layer, blocks of columns of W_1 are scaled; else blocks of rows. The rest is drawn already."""

    W1: Matrix
    W2: Matrix | None
    data: tuple[tuple[tuple[Fraction, ...], tuple[Fraction, ...]], ...]
    unprocessed: frozenset[int]
    theta: Fraction
    k: int = 1
    p: Fraction = Fraction(1, 2)
    phi: Activation = identity

    def scales(self) -> list[tuple[Fraction, Fraction]]:
        """Values of a drawn scale with their probabilities."""
        return [(1 / self.p, self.p), (Fraction(0), 1 - self.p)]

    def blocks(self) -> int:
        return len(self.W1[0] if self.W2 is None else self.W1) // self.k

    def present(self) -> Iterator[tuple[list[Fraction], Fraction]]:
        """The scale of every block for all values of the draws made so far, with its probability."""
        drawn = [block for block in range(self.blocks()) if block not in self.unprocessed]
        for outcome in itertools.product(self.scales(), repeat=len(drawn)):
            scales, probability = [ONE] * self.blocks(), ONE
            for block, (value, weight) in zip(drawn, outcome, strict=True):
                scales[block] = value
                probability *= weight
            yield scales, probability

    def psi(self, scales: list[arb_series]) -> arb_series:
        """Mean squared distance of the two outputs, as a power series."""
        dense, total = [series(1)] * self.blocks(), series(0)
        for x, x_compressed in self.data:
            outputs = zip(self.output(dense, x), self.output(scales, x_compressed), strict=True)
            total += sum(((a - b) * (a - b) for a, b in outputs), series(0))
        return total / len(self.data)

    def output(self, scales: list[arb_series], x: tuple[Fraction, ...]) -> list[arb_series]:
        """W_1 G x, or W_2 phi(G W_1 x)."""
        if self.W2 is None:
            scaled = [scales[j // self.k] * ball(entry) for j, entry in enumerate(x)]
            return [sum((ball(w) * z for w, z in zip(row, scaled, strict=True)), series(0)) for row in self.W1]
        products = [sum((w * entry for w, entry in zip(row, x, strict=True)), Fraction(0)) for row in self.W1]
        activated = [self.phi(scales[i // self.k] * ball(z)) for i, z in enumerate(products)]
        return [sum((ball(w) * z for w, z in zip(row, activated, strict=True)), series(0)) for row in self.W2]

    def mean_second_derivative(self, block: int) -> arb:
        """E|d^2 Psi(G(t; block)) / dt^2| over the draws and t."""
        total = arb(0)
        for scales, weight in self.present():
            for value, probability in self.scales():
                varied = [series(scale) for scale in scales]
                varied[block] = arb_series([ball(value), 1], prec=3)
                total += ball(weight * probability) * abs(2 * coefficient(self.psi(varied), 2))
        return total

    def mean_error(self) -> arb:
        """A lower end of E Psi(U_1): the bound grows with it, so what is proved at this end holds."""
        total = arb(0)
        for scales, weight in self.present():
            total += ball(weight) * coefficient(self.psi([series(scale) for scale in scales]), 0)
        return total.lower() if total > 0 else arb(0)

    def numbers(self) -> dict[sympy.Symbol, Number]:
        """What the statement's symbols stand for, except for the block's own derivative."""
        n_2, n_1 = len(self.W1), len(self.W1[0])
        found: dict[sympy.Symbol, Number] = {
            **{notation.n_1: n_1, notation.n_2: n_2, notation.k: self.k, notation.theta: self.theta},
            **{notation.nu_1: largest_block(self.W1, self.k), notation.sigma_1: norm(self.W1)},
            **{notation.tau: max(ONE, (1 - self.p) / self.p), module.unprocessed: len(self.unprocessed)},
        }
        if self.W2 is not None:
            found |= {notation.n_3: len(self.W2), notation.nu_2: largest_block(self.W2, self.k)}
            found |= {notation.sigma_2: norm(self.W2), module.error: self.mean_error()}
        return found


def norm(matrix: Matrix) -> arb:
    """Operator norm, plus what rounding to floats may have moved it (entries within 4, at most 36 of them)."""
    return operator_norm(np.array([[float(entry) for entry in row] for row in matrix])) + arb(0, 1e-13)


def largest_block(matrix: Matrix, k: int) -> arb:
    """Largest operator norm of a k x k block."""
    norms = [
        norm(tuple(row[j : j + k] for row in matrix[i : i + k]))
        for i in range(0, len(matrix), k)
        for j in range(0, len(matrix[0]), k)
    ]
    found = norms[0]
    for other in norms[1:]:
        found = found.max(other)
    return found


def claim_holds(instance: Instance, bound: sympy.Basic, left: sympy.Symbol, eta: Fraction) -> bool:
    """Whether enough unprocessed blocks are proved to meet the bound."""
    numbers = instance.numbers() | {module.eta: eta}
    derivatives = [instance.mean_second_derivative(block) for block in instance.unprocessed]
    good = sum(1 for d in derivatives if decide(bound, {**numbers, left: d}) is Verdict.HOLDS)
    return decide(COUNT, {**numbers, module.good: good}) is Verdict.HOLDS


def random_instance(seed: int, two_layers: bool) -> Instance:
    """Up to three blocks of one or two neurons, one or two data points, at least one unprocessed block."""
    rng = random.Random(seed)
    k = rng.choice([1, 2])
    n_1, n_2, n_3 = (k * rng.randint(1, blocks) for blocks in (2, 3, 2))
    n_1, n_2 = (n_1, n_2) if two_layers else (n_2, n_1)

    def number() -> Fraction:
        return Fraction(rng.randint(1, 8) * rng.choice([-1, 1]), 8)

    def matrix(rows: int, columns: int) -> Matrix:
        return tuple(tuple(2 * number() for _ in range(columns)) for _ in range(rows))

    data = tuple(
        (tuple(number() for _ in range(n_1)), tuple(number() for _ in range(n_1))) for _ in range(rng.randint(1, 2))
    )
    blocks = (n_2 if two_layers else n_1) // k
    return Instance(
        W1=matrix(n_2, n_1),
        W2=matrix(n_3, n_2) if two_layers else None,
        data=data,
        unprocessed=frozenset(rng.sample(range(blocks), rng.randint(1, blocks))),
        theta=max(sum((abs(a) for a in x), Fraction(0)) for _, x in data),  # at least the Euclidean norm
        k=k,
        p=rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]),
        phi=rng.choice(ACTIVATIONS),
    )


# One layer, every block a Hadamard matrix, equal shares of x': the bound is met with equality at eta = 1.
HADAMARD = ((ONE, ONE, ONE, ONE), (ONE, -ONE, ONE, -ONE))
LEVEL = Instance(HADAMARD, None, (((ONE,) * 4, (Fraction(1, 2),) * 4),), frozenset({0, 1}), theta=ONE, k=2)
# Two layers with phi = sin, where one summand of the bound cannot be spared, as in the tests of Lemma 15.
ERROR = Instance(
    W1=((QUARTER_TURN,),) * 3,
    W2=((ONE,) * 3,),
    data=(((-ONE,), (ONE,)),),
    unprocessed=frozenset(range(3)),
    theta=ONE,
    p=Fraction(999, 1000),
    phi=sine,
)
SLOPE = replace(
    ERROR, W1=((Fraction(1, 100),),), W2=((ONE,),), data=(((ONE,), (ONE,)),), unprocessed=frozenset({0})
)  # fmt: skip
DRAW = replace(SLOPE, W1=((QUARTER_TURN,),), p=Fraction(1, 3))


@pytest.mark.parametrize("seed", range(20))
def test_one_layer(seed: int) -> None:
    for instance in (random_instance(seed, two_layers=False), LEVEL):
        assert all(claim_holds(instance, ONE_LAYER, module.one_layer, eta) for eta in ETAS)


@pytest.mark.parametrize("seed", range(40))
def test_two_layers(seed: int) -> None:
    instance = random_instance(seed, two_layers=True)
    assert all(claim_holds(instance, TWO_LAYERS, module.two_layers, eta) for eta in ETAS)


@pytest.mark.parametrize("instance", [ERROR, SLOPE, DRAW], ids=["error", "slope", "draw"])
def test_two_layers_where_one_summand_dominates(instance: Instance) -> None:
    assert all(claim_holds(instance, TWO_LAYERS, module.two_layers, eta) for eta in ETAS)


def test_the_draws_deviate_as_assumed() -> None:
    for instance in (random_instance(seed, two_layers=True) for seed in range(10)):
        for value, _ in instance.scales():
            assert decide(DEVIATION, {**instance.numbers(), module.deviation: abs(1 - value)}) is Verdict.HOLDS


def test_a_planted_fault_in_the_bound_of_one_layer_is_found() -> None:
    for factor in (Fraction(1, 2), 1 / notation.k):
        smaller = sympy.Le(ONE_LAYER.lhs, ONE_LAYER.rhs * factor)
        assert not claim_holds(LEVEL, smaller, module.one_layer, Fraction(11, 10))


@pytest.mark.parametrize(
    ("instance", "summand"),
    [(ERROR, sympy.sqrt(module.error)), (SLOPE, module.SLOPE), (DRAW, module.DRAW)],
    ids=["error", "slope", "draw"],
)
def test_a_summand_left_out_of_the_bound_of_two_layers_is_found(instance: Instance, summand: sympy.Expr) -> None:
    mutated = sympy.Le(TWO_LAYERS.lhs, TWO_LAYERS.rhs.subs(summand, 0))
    assert mutated != TWO_LAYERS
    assert not claim_holds(instance, mutated, module.two_layers, Fraction(11, 10))
