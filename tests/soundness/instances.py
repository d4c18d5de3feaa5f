"""Small compression problems with exact rational data, for the enumeration oracle.

`general_instances` covers the propositions' domain widely; `tight_instances` are built so that a proposition's bound
comes close to the truth, which is where a fault in a bound shows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]
Points = tuple[tuple[Fraction, Vector, Vector], ...]

KEEP_PROBABILITIES = [Fraction(1, 20), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10)]
FAR = Fraction(1000)  # times the least projection radius: no realization of the tight families is projected


@dataclass(frozen=True)
class Instance:
    """One compression problem. Every number is exact; the names are the paper's (its section E, pages 36-41)."""

    family: str
    mode: str  # "prune" or "quantize"
    W1: Matrix  # n2 x n1, the compressed matrix
    W2: Matrix | None  # n3 x n2; None with one layer
    points: Points  # (probability, x, x'): the distribution of the dense and the compressed network's inputs
    rho: Fraction  # ||x|| <= rho, rounded up to a rational
    theta: Fraction  # ||x'|| <= theta, likewise
    alpha: Fraction  # share of processed entries, in (1/N, 1 - 1/N]
    p: Fraction | None  # Bernoulli parameter, pruning only
    k: int | None  # quantization parameter, quantizing only
    gamma: Fraction  # slack of the kept count in (68) and (82), pruning
    activations: tuple[str, ...]  # (phi_1,) or (phi_1, phi_2): "identity", "relu" or "tanh"
    kappa: Fraction  # projection radius, at least sigma_1 rho or sigma_1 sigma_2 rho

    @property
    def layers(self) -> int:
        return 1 if self.W2 is None else 2

    @property
    def entries(self) -> int:
        """N = n1 n2."""
        return len(self.W1) * len(self.W1[0])

    @property
    def draws(self) -> int:
        """T = floor(alpha N)."""
        return math.floor(self.alpha * self.entries)


def general_instances(seed: int, count: int) -> Iterator[Instance]:
    """Instances that go through all families of weights, both modes and both layer counts in turn."""
    rng = random.Random(seed)
    families = list(WEIGHTS)
    for index in range(count):
        family = families[index % len(families)]
        layers = 1 + index // len(families) % 2
        mode = ("prune", "quantize")[index // (2 * len(families)) % 2]
        yield _general(rng, family, mode, layers)


def tight_instances(seed: int, rounds: int) -> Iterator[Instance]:
    """Per round, one instance of every tight family in every mode and layer count that it has."""
    rng = random.Random(seed)
    for _ in range(rounds):
        for mode in ("prune", "quantize"):
            yield wide_layer_of_equal_variances(rng, mode)
            for layers in (1, 2):
                yield aligned_input_difference(rng, mode, layers)
        for layers in (1, 2):
            yield few_kept_allowed(rng, layers)
            yield only_zero_kept_allowed(rng, layers)
        yield bottleneck_second_term(rng)


def wide_layer_of_equal_variances(rng: random.Random, mode: str) -> Instance:
    """One wide layer, x = x', E x_j^2 = theta^2 / n1: every draw costs its full share of the second term.

    The ratio of truth to bound is near (1 - alpha) / 2 for pruning and a quarter of that for quantizing, where the
    weights lie half way between two levels (one weight, the largest, lies on a level and is picked first, at no cost).
    The projection is out of reach.
    """
    n2 = rng.choice([1, 2])
    n1 = rng.randint(4, 12 // n2)
    radius, nu, k = _positive(rng), _positive(rng), rng.choice([1, 2, 3, 5])
    size = nu if mode == "prune" else nu * Fraction(2 * rng.randint(1, k) - 1, 2 * k)
    W1 = [[rng.choice([-1, 1]) * size for _ in range(n1)] for _ in range(n2)]
    W1[0][0] = nu
    basis = _signed_basis(rng, n1, radius)
    points = tuple((Fraction(1, n1), x, x) for x in basis)
    alpha = _alpha_for(rng, n1 * n2, rng.choice([1, 2, 3] if mode == "prune" else [2, 3]))
    family, p = "wide layer of equal variances", rng.choice(KEEP_PROBABILITIES)
    return _build(family, mode, _matrix(W1), None, points, alpha, p, k, ("identity",), slack=FAR)


def aligned_input_difference(rng: random.Random, mode: str, layers: int) -> Instance:
    """Rank-one matrices with x - x' along their top singular vector: the first term sigma^2 E||x - x'||^2 is attained.

    Either x' = -x, with so large a keep probability that the second term is small, or x' is tiny, so that it vanishes.
    With two layers small inputs make the terms of higher order in theta vanish too.
    """
    n1, n2, n3 = rng.choice([3, 4]), rng.choice([1, 2, 3]), rng.choice([1, 2])
    input_signs, hidden_signs, output_signs = (_signs(rng, n) for n in (n1, n2, n3))
    nu_1, nu_2 = _positive(rng), _positive(rng)
    W1 = _matrix([[nu_1 * s * t for t in input_signs] for s in hidden_signs])
    W2 = _matrix([[nu_2 * s * t for t in hidden_signs] for s in output_signs])
    size = _positive(rng) if layers == 1 else Fraction(1, rng.choice([1000, 2000]))
    x = tuple(size * s for s in input_signs)
    factor = rng.choice([Fraction(-1), Fraction(1, 1000)])
    points = ((Fraction(1), x, tuple(factor * c for c in x)),)
    alpha = _alpha_for(rng, n1 * n2, 1)
    return _build(
        "aligned input difference", mode, W1, W2 if layers == 2 else None, points, alpha,
        Fraction(9, 10), 3, ("identity",) * layers,
    )  # fmt: skip


def bottleneck_second_term(rng: random.Random) -> Instance:
    """Two linear layers with tiny nu_1 and theta and large nu_2: Lambda ~ 0, the nu_2^2 term is nearly all of omega.

    At p <= 1/20 the truth is within a factor near 4 / (1 - alpha) of the bound, where Delta = (1-p)/p; without the
    squares in Delta the bound would be smaller by a factor 2p. The projection is out of reach.
    """
    n1, n2, n3 = rng.choice([3, 4]), rng.choice([2, 3, 4]), rng.choice([1, 2, 3])
    nu_1, nu_2, theta = Fraction(1, 10**9), Fraction(rng.choice([10, 100])), Fraction(1, rng.choice([100, 1000]))
    W1 = _matrix([[nu_1 * s for s in _signs(rng, n1)] for _ in range(n2)])
    W2 = _matrix([[nu_2 * s for s in _signs(rng, n2)] for _ in range(n3)])
    points = tuple((Fraction(1, n1), x, x) for x in _signed_basis(rng, n1, theta))
    alpha = _alpha_for(rng, n1 * n2, rng.choice([1, 2]))
    p = rng.choice([Fraction(1, 20), Fraction(1, 50)])
    activations = ("identity", "identity")
    return _build("bottleneck second term", "prune", W1, W2, points, alpha, p, None, activations, slack=FAR)


def few_kept_allowed(rng: random.Random, layers: int) -> Instance:
    """Keep probability near one, few draws, small gamma: floor((1 + gamma) p T) < T, so some draw must be zero.

    The least error with so few nonzeros then lies well above the expectation: only the factor 1 / P(B <= t) covers it.
    """
    draws = rng.choice([1, 2, 3]) if layers == 1 else 1
    n1, n2 = (rng.choice([8, 10, 12]), 1) if layers == 1 else (4, rng.choice([2, 3, 4]))
    nu_1 = _positive(rng) if layers == 1 else Fraction(1, 10**9)
    W1 = _matrix([[nu_1 * s for s in _signs(rng, n1)] for _ in range(n2)])
    W2 = None if layers == 1 else _matrix([[100 * s for s in _signs(rng, n2)] for _ in range(rng.choice([1, 2]))])
    theta = _positive(rng) if layers == 1 else Fraction(1, 1000)
    points = tuple((Fraction(1, n1), x, x) for x in _signed_basis(rng, n1, theta))
    alpha = _alpha_for(rng, n1 * n2, draws)
    p = rng.choice([Fraction(9, 10), Fraction(19, 20)])
    activations = ("identity",) * layers
    return _build("few kept allowed", "prune", W1, W2, points, alpha, p, None, activations, gamma=Fraction(1, 50))


def only_zero_kept_allowed(rng: random.Random, layers: int) -> Instance:
    """(T + 1)(1 + gamma) p < 1: the promise N - T + (1 + gamma) p T is met by the all-zero realization alone.

    With floor(alpha N) + 1 in its place the promise would be less than N - T, which no realization meets.
    """
    n1, n2, n3 = rng.choice([3, 4]), rng.choice([1, 2, 3]), rng.choice([1, 2])
    W1 = _matrix([[_rational(rng, zero=False) for _ in range(n1)] for _ in range(n2)])
    W2 = None if layers == 1 else _matrix([[_rational(rng, zero=False) for _ in range(n2)] for _ in range(n3)])
    points = _points(rng, n1)
    alpha = _alpha_for(rng, n1 * n2, rng.choice([1, 2]))
    p = rng.choice([Fraction(1, 10), Fraction(1, 20)])
    activations = ("identity",) * layers
    return _build("only zero kept allowed", "prune", W1, W2, points, alpha, p, None, activations, gamma=Fraction(1, 4))


def _general(rng: random.Random, family: str, mode: str, layers: int) -> Instance:
    n1, n2, n3 = rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 3)
    if n1 * n2 < 3:  # (1/N, 1 - 1/N] is empty
        n1, n2 = 3, n2
    W1 = WEIGHTS[family](rng, n2, n1)
    if layers == 2:  # the bounds grow like e^Lambda, Lambda ~ nu_1^2: smaller weights keep some of them meaningful
        scale = rng.choice([Fraction(1), Fraction(1, 10), Fraction(1, 100)])
        W1 = tuple(tuple(scale * w for w in row) for row in W1)
    W2 = WEIGHTS[family](rng, n3, n2) if layers == 2 else None
    first = rng.choice(["identity", "relu", "tanh"] if layers == 1 else ["identity", "tanh"])
    activations = (first,) if layers == 1 else (first, rng.choice(["identity", "relu", "tanh"]))
    many = rng.random() < 0.15 and not (layers == 2 and first == "tanh")
    draws = rng.randint(7, 12) if many else rng.randint(1, 6)
    alpha = _alpha_for(rng, n1 * n2, min(draws, n1 * n2 - 1))
    p, k = rng.choice(KEEP_PROBABILITIES), rng.choice([1, 2, 3])
    slack = rng.choice([Fraction(1), Fraction(1), Fraction(2)])
    return _build(family, mode, W1, W2, _points(rng, n1), alpha, p, k, activations, slack=slack)


def _build(
    family: str, mode: str, W1: Matrix, W2: Matrix | None, points: Points, alpha: Fraction,
    p: Fraction, k: int | None, activations: tuple[str, ...],
    gamma: Fraction = Fraction(1, 10), slack: Fraction = Fraction(1),
) -> Instance:  # fmt: skip
    """Fill in the radii; kappa is `slack` times a rational upper bound of sigma_1 rho or sigma_1 sigma_2 rho."""
    rho = sqrt_upper(max(_norm_squared(x) for _, x, _ in points))
    theta = sqrt_upper(max(_norm_squared(x) for _, _, x in points))
    norm_squared = operator_norm_squared_upper(W1) * (1 if W2 is None else operator_norm_squared_upper(W2))
    return Instance(
        family=family, mode=mode, W1=W1, W2=W2, points=points, rho=rho, theta=theta, alpha=alpha, gamma=gamma,
        activations=activations, kappa=slack * sqrt_upper(norm_squared) * rho,
        p=p if mode == "prune" else None, k=k if mode == "quantize" else None,
    )  # fmt: skip


def operator_norm_squared_upper(matrix: Matrix) -> Fraction:
    """The smaller of ||A||_F^2 and the product of the largest row and column sums; exact for rank one."""
    frobenius_squared = sum((_norm_squared(row) for row in matrix), Fraction(0))
    row_sum = max(sum(map(abs, row), Fraction(0)) for row in matrix)
    column_sum = max(sum(map(abs, column), Fraction(0)) for column in zip(*matrix, strict=True))
    return min(frobenius_squared, row_sum * column_sum)


def sqrt_upper(q: Fraction) -> Fraction:
    """A rational at least sqrt(q); equal to it where that is rational, else above it by a factor below 1 + 10^-6."""
    numerator, denominator = q.numerator, q.denominator
    if math.isqrt(numerator) ** 2 == numerator and math.isqrt(denominator) ** 2 == denominator:
        return Fraction(math.isqrt(numerator), math.isqrt(denominator))
    scale = 10**6 * (math.isqrt(denominator) + 1)
    return Fraction(math.isqrt(numerator * scale**2 // denominator) + 1, scale)


def _alpha_for(rng: random.Random, entries: int, draws: int) -> Fraction:
    """alpha in (1/N, 1 - 1/N] with floor(alpha N) = draws; alpha N is an integer, just above one, or further up."""
    parts = [Fraction(0), Fraction(1, 1000), Fraction(1, 2), Fraction(999, 1000)]
    return rng.choice([draws + part for part in parts if 1 < draws + part <= entries - 1]) / entries


def _points(rng: random.Random, n1: int) -> Points:
    """One to four points, on the axes or anywhere; x' equal to x, near it, its opposite, or unrelated."""
    on_axes, relation = rng.random() < 0.5, rng.choice(["equal", "equal", "near", "opposite", "unrelated"])
    inputs = _signed_basis(rng, n1, _positive(rng)) if on_axes else [_vector(rng, n1) for _ in range(rng.randint(1, 3))]
    weights = [rng.randint(1, 4) for _ in inputs]
    points = []
    for weight, x in zip(weights, inputs, strict=True):
        x_compressed = {
            "equal": x,
            "near": tuple(c + Fraction(rng.randint(-1, 1), 10) for c in x),
            "opposite": tuple(-c for c in x),
            "unrelated": _vector(rng, n1),
        }[relation]
        points.append((Fraction(weight, sum(weights)), x, x_compressed))
    if not any(any(x_compressed) for _, _, x_compressed in points):  # theta > 0 is assumed
        points[0] = (points[0][0], points[0][1], (Fraction(1),) * n1)
    return tuple(points)


def _generic(rng: random.Random, rows: int, columns: int) -> Matrix:
    return _matrix([[_rational(rng, zero=False) for _ in range(columns)] for _ in range(rows)])


def _one_spike(rng: random.Random, rows: int, columns: int) -> Matrix:
    W = [[_rational(rng) / 20 for _ in range(columns)] for _ in range(rows)]
    W[rng.randrange(rows)][rng.randrange(columns)] = Fraction(rng.choice([-2, 2]))
    return _matrix(W)


def _equal_magnitudes(rng: random.Random, rows: int, columns: int) -> Matrix:
    nu = _positive(rng)
    return _matrix([[nu * s for s in _signs(rng, columns)] for _ in range(rows)])


def _rank_one(rng: random.Random, rows: int, columns: int) -> Matrix:
    left, right = ([_rational(rng, zero=False) for _ in range(n)] for n in (rows, columns))
    return _matrix([[a * b for b in right] for a in left])


def _with_zeros(rng: random.Random, rows: int, columns: int) -> Matrix:
    W = [[_rational(rng) if rng.random() < 0.5 else Fraction(0) for _ in range(columns)] for _ in range(rows)]
    W[rng.randrange(rows)][rng.randrange(columns)] = Fraction(1)  # a zero matrix has no quantizer
    return _matrix(W)


WEIGHTS = {
    "generic": _generic,
    "one spike": _one_spike,
    "equal magnitudes": _equal_magnitudes,
    "rank one": _rank_one,
    "with zeros": _with_zeros,
}


def _matrix(rows: Sequence[Sequence[Fraction | int]]) -> Matrix:
    return tuple(tuple(Fraction(w) for w in row) for row in rows)


def _vector(rng: random.Random, size: int) -> Vector:
    return tuple(_rational(rng, zero=index > 0) for index in range(size))


def _signed_basis(rng: random.Random, size: int, radius: Fraction) -> list[Vector]:
    """radius times +-e_1, ..., +-e_size."""
    signs = _signs(rng, size)
    return [tuple(radius * signs[j] if i == j else Fraction(0) for i in range(size)) for j in range(size)]


def _signs(rng: random.Random, size: int) -> list[int]:
    return [rng.choice([-1, 1]) for _ in range(size)]


def _rational(rng: random.Random, zero: bool = True) -> Fraction:
    numerator = rng.randint(0 if zero else 1, 6)
    return rng.choice([-1, 1]) * Fraction(numerator, rng.choice([2, 3, 4, 5]))


def _positive(rng: random.Random) -> Fraction:
    return abs(_rational(rng, zero=False))


def _norm_squared(vector: Vector) -> Fraction:
    return sum((c * c for c in vector), Fraction(0))
