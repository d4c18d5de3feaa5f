"""Lemma 15 on tiny instances: second derivatives by power series in one weight, not by the proof's formulas.

The draws t and h are those of pruning, averaged over all their values; data are finitely many pairs (x, x').
"""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
import sympy
from flint import arb, arb_series
from proof_files import proof_module
from statement_formulas import assumption, claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball
from boundcheck.exact.evaluate import decide

module = proof_module("lemma_15_second_derivative_of_one_weight")
notation = proof_module("notation")
ONE_LAYER, TWO_LAYERS = (claim("lemma-15", name, "corrected") for name in ("one-layer", "two-layers"))
COUNT, DEVIATION = claim("lemma-15", "count", "corrected"), assumption("lemma-15", "deviation", "corrected")

Matrix = tuple[tuple[Fraction, ...], ...]
Entry = tuple[int, int]
Activation = Callable[[arb_series], arb_series]


def identity(z: arb_series) -> arb_series:
    return z


def sine(z: arb_series) -> arb_series:
    return z.sin()


def tanh(z: arb_series) -> arb_series:
    growth = (2 * z).exp()
    return (growth - 1) / (growth + 1)


ACTIVATIONS = [identity, sine, tanh]  # zero at zero, 1-Lipschitz, second derivative at most 1


@dataclass(frozen=True)
class Instance:
    """W_2 None means one layer. Entries outside ``unprocessed`` have been drawn already."""

    W1: Matrix
    W2: Matrix | None
    data: tuple[tuple[tuple[Fraction, ...], tuple[Fraction, ...]], ...]
    unprocessed: frozenset[Entry]
    theta: Fraction
    p: Fraction = Fraction(1, 2)
    phi: Activation = identity

    def draws(self, entry: Entry) -> list[tuple[Fraction, Fraction]]:
        """Values of a drawn entry with their probabilities."""
        weight = self.W1[entry[0]][entry[1]]
        return [(weight / self.p, self.p), (Fraction(0), 1 - self.p)]

    def present(self) -> Iterator[tuple[Matrix, Fraction]]:
        """Z for every value of the draws made so far, with its probability."""
        drawn = [(i, j) for i, row in enumerate(self.W1) for j in range(len(row)) if (i, j) not in self.unprocessed]
        for outcome in itertools.product(*(self.draws(entry) for entry in drawn)):
            probability, matrix = Fraction(1), [list(row) for row in self.W1]
            for (i, j), (value, weight) in zip(drawn, outcome, strict=True):
                matrix[i][j] = value
                probability *= weight
            yield tuple(map(tuple, matrix)), probability

    def output(self, A: list[list[arb_series]], x: tuple[Fraction, ...]) -> list[arb_series]:
        """A x, or W_2 phi(A x)."""
        layer = [sum((a * ball(b) for a, b in zip(row, x, strict=True)), series(0)) for row in A]
        if self.W2 is None:
            return layer
        activated = [self.phi(z) for z in layer]
        return [sum((ball(w) * z for w, z in zip(row, activated, strict=True)), series(0)) for row in self.W2]

    def psi(self, A: list[list[arb_series]]) -> arb_series:
        """Mean squared distance of the two outputs, as a power series."""
        W1, total = [[series(w) for w in row] for row in self.W1], series(0)
        for x, x_compressed in self.data:
            outputs = zip(self.output(W1, x), self.output(A, x_compressed), strict=True)
            total += sum(((a - b) * (a - b) for a, b in outputs), series(0))
        return total / len(self.data)

    def mean_second_derivative(self, entry: Entry) -> arb:
        """E|d^2 Psi(Z(t; i, j)) / dt^2| over Z and t."""
        total = arb(0)
        for Z, weight in self.present():
            for value, probability in self.draws(entry):
                A = [[series(z) for z in row] for row in Z]
                A[entry[0]][entry[1]] = arb_series([ball(value), 1], prec=3)
                second = 2 * coefficient(self.psi(A), 2)
                total += ball(weight * probability) * abs(second)
        return total

    def mean_error(self) -> arb:
        """A lower end of E_T Psi(Z): the bound grows with it, so what is proved at this end holds."""
        total = arb(0)
        for Z, weight in self.present():
            total += ball(weight) * coefficient(self.psi([[series(z) for z in row] for row in Z]), 0)
        return total.lower() if total > 0 else arb(0)

    def numbers(self) -> dict[sympy.Symbol, Number]:
        """What the statement's symbols stand for, except for the entry's own derivative."""
        nu_1 = largest(self.W1)
        found: dict[sympy.Symbol, Number] = {
            **{notation.n_2: len(self.W1), notation.theta: self.theta, module.unprocessed: len(self.unprocessed)},
            **{notation.nu_1: nu_1, notation.tau: max(Fraction(1), (1 - self.p) / self.p)},
        }
        if self.W2 is not None:
            found |= {notation.n_3: len(self.W2), notation.nu_2: largest(self.W2), module.error: self.mean_error()}
            found[notation.sigma_2] = operator_norm(self.W2)
        return found


def series(value: Fraction | int) -> arb_series:
    return arb_series([ball(value)], prec=3)


def coefficient(z: arb_series, power: int) -> arb:
    return z[power] if power < len(z) else arb(0)


def largest(matrix: Matrix) -> Fraction:
    return max(abs(entry) for row in matrix for entry in row)


def operator_norm(matrix: Matrix) -> arb:
    """Of a matrix with one or two rows: the root of the larger eigenvalue of its Gram matrix."""
    gram = [[sum((a * b for a, b in zip(r, s, strict=True)), Fraction(0)) for s in matrix] for r in matrix]
    if len(gram) == 1:
        return ball(gram[0][0]).sqrt()
    (a, b), (_, d) = gram
    return ((ball(a + d) + ball((a - d) ** 2 + 4 * b * b).sqrt()) / 2).sqrt()


def claim_holds(instance: Instance, bound: sympy.Basic, left: sympy.Symbol, eta: Fraction) -> bool:
    """Whether enough unprocessed entries are proved to meet the bound."""
    numbers = instance.numbers() | {module.eta: eta}
    derivatives = [instance.mean_second_derivative(entry) for entry in instance.unprocessed]
    good = sum(1 for d in derivatives if decide(bound, {**numbers, left: d}) is Verdict.HOLDS)
    return decide(COUNT, {**numbers, module.good: good}) is Verdict.HOLDS


def random_instance(seed: int, two_layers: bool) -> Instance:
    """Up to three by two weights, one to three data points, at least one unprocessed entry."""
    generator = random.Random(seed)
    n_1, n_2, n_3 = (generator.randint(1, n) for n in (2, 3, 2))

    def number(size: int) -> Fraction:
        return Fraction(generator.randint(-10 * size, 10 * size), 10)

    def matrix(rows: int, columns: int, size: int) -> Matrix:
        drawn = tuple(tuple(number(size) for _ in range(columns)) for _ in range(rows))
        return drawn if any(any(row) for row in drawn) else ((Fraction(1),) * columns,) * rows

    def vector() -> tuple[Fraction, ...]:
        return tuple(number(1) for _ in range(n_1))

    data = tuple((vector(), vector()) for _ in range(generator.randint(1, 3)))
    entries = [(i, j) for i in range(n_2) for j in range(n_1)]
    unprocessed = frozenset(generator.sample(entries, generator.randint(1, len(entries))))
    length = max(sum((abs(a) for a in x), Fraction(0)) for _, x in data)  # at least the Euclidean norm
    return Instance(
        W1=matrix(n_2, n_1, 2),
        W2=matrix(n_3, n_2, 1) if two_layers else None,
        data=data,
        unprocessed=unprocessed,
        theta=length or Fraction(1),
        p=generator.choice([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]),
        phi=generator.choice(ACTIVATIONS),
    )


# One layer, equal derivatives everywhere: the bound at eta = 1 is met with equality.
LEVEL = Instance(
    W1=((Fraction(1), Fraction(-1), Fraction(2), Fraction(1)),) * 2,
    W2=None,
    data=(((Fraction(1),) * 4, (Fraction(1, 2), Fraction(-1, 2), Fraction(1, 2), Fraction(1, 2))),),
    unprocessed=frozenset((i, j) for i in range(2) for j in range(4)),
    theta=Fraction(1),
)
ONE, QUARTER_TURN = Fraction(1), Fraction(11, 7)
# Two layers with phi = sin, where one summand of the bound cannot be spared.
# The error: phi(W_1 x) is -1 and phi(Z x') is 1, where the sine curves most, and the draw hardly moves the weight.
ERROR = Instance(
    W1=((QUARTER_TURN,),) * 3,
    W2=((ONE,) * 3,),
    data=(((-ONE,), (ONE,)),),
    unprocessed=frozenset((i, 0) for i in range(3)),
    theta=ONE,
    p=Fraction(999, 1000),
    phi=sine,
)
# The slope: no error and no draw, but a weight of zero, where the sine is steepest.
SLOPE = replace(ERROR, W1=((Fraction(0),),), W2=((ONE,),), data=(((ONE,), (ONE,)),), unprocessed=frozenset({(0, 0)}))
# The draw: no error, but tripling the weight takes the sine from 1 to -1.
DRAW = replace(SLOPE, W1=((QUARTER_TURN,),), p=Fraction(1, 3))

ETAS = [Fraction(1), Fraction(11, 10), Fraction(2), Fraction(4)]


@pytest.mark.parametrize("seed", range(25))
def test_one_layer(seed: int) -> None:
    for instance in (random_instance(seed, two_layers=False), LEVEL):
        assert all(claim_holds(instance, ONE_LAYER, module.one_layer, eta) for eta in ETAS)


@pytest.mark.parametrize("seed", range(60))
def test_two_layers(seed: int) -> None:
    instance = random_instance(seed, two_layers=True)
    assert all(claim_holds(instance, TWO_LAYERS, module.two_layers, eta) for eta in ETAS)


@pytest.mark.parametrize("instance", [ERROR, SLOPE, DRAW], ids=["error", "slope", "draw"])
def test_two_layers_where_one_summand_dominates(instance: Instance) -> None:
    assert all(claim_holds(instance, TWO_LAYERS, module.two_layers, eta) for eta in ETAS)


@pytest.mark.parametrize("seed", range(20))
def test_the_draws_deviate_as_assumed(seed: int) -> None:
    instance = random_instance(seed, two_layers=True)
    numbers = instance.numbers()
    for i, j in instance.unprocessed:
        for value, _ in instance.draws((i, j)):
            assert decide(DEVIATION, {**numbers, module.deviation: abs(value - instance.W1[i][j])}) is Verdict.HOLDS


def test_second_derivatives_of_a_quadratic_are_exact() -> None:
    """One layer: the derivative is 2 E[x'_j^2] whatever the weights are, here 2 * 1/4."""
    assert LEVEL.mean_second_derivative((1, 2)) == ball(Fraction(1, 2))


def test_a_second_layer_of_zeros_leaves_the_printed_bound_undefined() -> None:
    """The printed right side divides by sigma_2; multiplied out it is zero, as the derivatives are."""
    instance = replace(SLOPE, W2=((Fraction(0),),))
    printed = claim("lemma-15", "two-layers", "printed")
    assert not claim_holds(instance, printed, module.two_layers, Fraction(2))
    assert claim_holds(instance, TWO_LAYERS, module.two_layers, Fraction(2))
    assert decide(sympy.Eq(TWO_LAYERS.rhs, 0), instance.numbers() | {module.eta: Fraction(2)}) is Verdict.HOLDS


@pytest.mark.parametrize("instance", [ERROR, SLOPE, DRAW], ids=["error", "slope", "draw"])
def test_multiplied_out_the_bound_is_the_printed_one(instance: Instance) -> None:
    numbers = instance.numbers() | {module.eta: Fraction(2)}
    difference = sympy.Abs(claim("lemma-15", "two-layers", "printed").rhs - TWO_LAYERS.rhs)
    assert decide(difference < sympy.Rational(1, 10**6), numbers) is Verdict.HOLDS


def test_a_planted_fault_in_the_bound_of_one_layer_is_found() -> None:
    halved = sympy.Le(ONE_LAYER.lhs, ONE_LAYER.rhs / 2)
    assert not claim_holds(LEVEL, halved, module.one_layer, Fraction(11, 10))


@pytest.mark.parametrize(
    ("instance", "summand"),
    [
        (ERROR, sympy.sqrt(module.error)),
        (SLOPE, notation.nu_2**2 * notation.n_3 * sympy.sqrt(notation.n_2)),
        (DRAW, notation.theta * notation.tau * notation.nu_1 * notation.nu_2 * sympy.sqrt(notation.n_2 * notation.n_3)),
    ],
    ids=["error", "slope", "draw"],
)
def test_a_summand_left_out_of_the_bound_of_two_layers_is_found(instance: Instance, summand: sympy.Expr) -> None:
    mutated = sympy.Le(TWO_LAYERS.lhs, TWO_LAYERS.rhs.subs(summand, 0))
    assert mutated != TWO_LAYERS
    assert not claim_holds(instance, mutated, module.two_layers, Fraction(11, 10))
