"""The draws: laws exact in rationals and right in floats, streams that a checker repeats without numpy's generators."""

import itertools
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from faulty_draws import (
    anew_for_every_part,
    counting_zeros,
    half_variance,
    least_of_the_layer,
    quantizer,
    same_for_all_rows,
    same_set_for_all_rows,
    scaled_by_the_share_of_all,
    stream,
    summed_seed,
    swapped_probability,
    with_replacement,
    without_scaling,
)

from boundcheck import draws

UNIT_ROUNDOFF = Fraction(1, 2**53)
LEAST_FLOAT = Fraction(1, 2**1074)
BERNOULLI = [Fraction(1, 7), Fraction(1, 2), Fraction(9, 10), Fraction(1)]
MATRICES = {
    "signs and zero": [["1/3", "-2/5", 0], [0, "5/7", "-5/7"]],
    "on levels": [[1, "-1/4", "1/2"], ["-3/4", 0, -1]],
    "largest negative": [["-9/4", "1/1000"], ["2/3", "-1/5"]],
    "one entry": [["-3/8"]],
    "rows of different size": [["1/100", "-3/200"], [2, "-7/3"]],
}


def exact(rows: list[list[object]]) -> np.ndarray:
    """The matrix as an array of Fractions."""
    return np.array([[Fraction(w) for w in row] for row in rows], dtype=object)


def outcomes(law: draws.Law) -> Iterator[list[tuple[Fraction, Fraction]]]:
    """Per unit its (probability, value) pairs."""
    for low, high, probability in zip(law.low.flat, law.high.flat, law.probability.flat, strict=True):
        assert 0 <= probability <= 1
        yield [(1 - probability, low), (probability, high)]


def check_mean_and_variance(law: draws.Law, weights: np.ndarray, variances: list[Fraction]) -> None:
    """Both from the outcomes, against the weights and closed forms; then the law's own formulas, all exactly."""
    for w, variance, pairs in zip(weights.flat, variances, outcomes(law), strict=True):
        assert sum(p * value for p, value in pairs) == w
        assert sum(p * (value - w) ** 2 for p, value in pairs) == variance
    assert (law.mean == weights).all() and list(law.variance.flat) == variances
    assert all(isinstance(value, Fraction) for part in (law.low, law.high, law.probability) for value in part.flat)


def check_pruning_law() -> None:
    for rows in MATRICES.values():
        weights = exact(rows)
        for p in BERNOULLI:
            law = draws.pruning_law(weights, p)
            check_mean_and_variance(law, weights, [w**2 * (1 - p) / p for w in weights.flat])
            assert (law.low == 0).all() and (law.high == weights / p).all() and (law.probability == p).all()


def check_quantization_law() -> None:
    for rows in MATRICES.values():
        weights = exact(rows)
        largest = max(abs(w) for row in weights for w in row)
        for k in (1, 2, 3, 4, 10):
            law = draws.quantization_law(weights, k)
            scaled = [abs(w) * k / largest for w in weights.flat]
            r = [s - math.floor(s) for s in scaled]
            check_mean_and_variance(law, weights, [(largest / k) ** 2 * f * (1 - f) for f in r])
            for w, s, pairs in zip(weights.flat, scaled, outcomes(law), strict=True):
                for probability, value in pairs:
                    level = value * k / largest
                    assert level.denominator == 1 and value * w >= 0
                    assert probability == 0 or abs(abs(level) - s) < 1  # one of the two neighbours of w
                if abs(w) == largest:
                    assert pairs[1] == (1, w)


def check_multiplier_law() -> None:
    for p in BERNOULLI:
        law = draws.multiplier_law(3, p)
        assert law.low.shape == (3,)
        check_mean_and_variance(law, np.array([Fraction(1)] * 3), [(1 - p) / p] * 3)
        assert set(law.low) == {0} and set(law.high) == {1 / p}


def float_matrices(count: int) -> Iterator[tuple[np.ndarray, int]]:
    """Rows with 0, +-M, the points nearest to levels, their neighbours, subnormals; M from 2^-1074 to the largest."""
    rng = np.random.default_rng(11)
    for index in range(count):
        exponent = [0, int(rng.integers(-1074, 1024)), -1074, -1070, 1023][index % 5]
        largest = math.ldexp(1 + rng.random(), exponent) if index % 7 else sys.float_info.max
        k = int(rng.choice([1, 2, 3, 7, 10, 127, int(rng.integers(1, 10**6))]))
        levels = largest * (rng.integers(0, k + 1, 6) / k)
        inside = largest * rng.random(4)
        near = np.concatenate([np.nextafter(levels, 0), np.nextafter(levels, largest)])
        sizes = np.concatenate([[largest, largest, 0.0, 5e-324], levels, near, inside])
        yield np.minimum(sizes, largest) * rng.choice([-1.0, 1.0], len(sizes)), k


def check_float_quantization() -> None:
    """Quantization: probabilities in [0, 1], values on the grid, +-M certain, mean and variance right to rounding."""
    for weights, k in float_matrices(600):
        law = draws.quantization_law(weights, k)
        M = Fraction(np.abs(weights).max())
        slack = 8 * UNIT_ROUNDOFF * M + 4 * LEAST_FLOAT
        for w, low, high, p in zip(weights, law.low, law.high, law.probability, strict=True):
            assert 0 <= p <= 1
            if abs(w) == M:
                assert (p, high) == (1, w)
            for value in (low, high):
                level = round(Fraction(value) * k / M)
                assert abs(level) <= k and abs(Fraction(value) - level * M / k) <= 2 * UNIT_ROUNDOFF * M + LEAST_FLOAT
            w, low, high, p = map(Fraction, (w, low, high, p))
            r = abs(w) * k / M - abs(w) * k // M
            assert abs(low + p * (high - low) - w) <= slack
            assert abs(p * (1 - p) * (high - low) ** 2 - (M / k) ** 2 * r * (1 - r)) <= slack * 2 * M / k + slack**2


ROWS = {
    "signs": (["1/3", "-2/5", "7/2", -1], 2),
    "one of two": ([3, "-5/4"], 1),
    "one of four": (["1/3", "-2/5", "7/2", -1], 1),
    "all but one": (["1/2", "1/2", "-9/7", 4], 3),
    "zeros": ([0, "-2/5", 0, "5/3", "1/7"], 2),
    "no more than are kept": ([0, "2/3", "-1/9", 0], 2),
    "fewer than are kept": ([0, 0, "-1/9", 0], 2),
    "all kept": ([1, "2/3", "-1/9"], 3),
    "nothing but zeros": ([0, 0, 0], 1),
}


def orders(units: int) -> Iterator[np.ndarray]:
    """Uniform numbers in every order, all equally likely."""
    numbers = [Fraction(2 * i + 1, 2 * units) for i in range(units)]
    return (np.array(order, dtype=object) for order in itertools.permutations(numbers))


def check_exact_counts_of_a_row() -> None:
    """All sets of t of the T nonzero entries equally often, each times T/t; mean and covariances in closed form."""
    for name, (entries, kept) in ROWS.items():
        (w,) = weights = exact([entries])
        nonzero = [j for j, value in enumerate(w) if value]
        T, t = len(nonzero), min(kept, len(nonzero))
        found = [draws.ExactCounts(weights, kept).realize(u[None])[0] for u in orders(len(w))]
        assert all(isinstance(value, Fraction) for u in found for value in u), name
        sets = Counter(tuple(np.flatnonzero(u)) for u in found)
        assert sets == dict.fromkeys(itertools.combinations(nonzero, t), len(found) // math.comb(T, t)), name
        assert all(value in (0, w[j] * Fraction(T, t or 1)) for u in found for j, value in enumerate(u)), name
        assert list(sum(found) / len(found)) == list(w), name
        covariance = sum(np.outer(u - w, u - w) for u in found) / len(found)
        for i, j in itertools.product(range(len(w)), repeat=2):
            together = -Fraction(T - t, t * (T - 1)) if i != j and t < T else Fraction(T - t, t or 1)
            assert covariance[i, j] == w[i] * w[j] * together, name


def check_exact_counts_of_rows() -> None:
    """One order for all numbers of a layer: every pair of sets equally often, so that rows are independent."""
    weights = exact([["1/3", "-2/5", 1], [2, "1/7", -1]])
    law = draws.ExactCounts(weights, 2)
    found = Counter(tuple(np.flatnonzero(law.realize(u.reshape(2, 3)))) for u in orders(6))
    pairs = itertools.product(itertools.combinations(range(3), 2), itertools.combinations(range(3, 6), 2))
    assert found == dict.fromkeys((one + other for one, other in pairs), math.factorial(6) // 9)


def check_zeros_are_better_not_drawn() -> None:
    """As ExactCounts says: at the same t a row's variance, for any x, is no larger than if its zeros were drawn too."""

    def variance(w: np.ndarray, kept: int, is_drawn: np.ndarray, x: np.ndarray) -> Fraction:
        T = int(is_drawn.sum())
        products = (w * x)[is_drawn]
        if kept >= T:
            return Fraction(0)
        return Fraction(T - kept, kept * (T - 1)) * (T * (products**2).sum() - products.sum() ** 2)

    for entries, kept in ROWS.values():
        (w,) = exact([entries])
        for x in itertools.islice(orders(len(w)), 2):
            outcomes = [draws.ExactCounts(w[None], kept).realize(u[None])[0] for u in orders(len(w))]
            drawn = sum((((u - w) * x).sum() ** 2 for u in outcomes), Fraction(0)) / len(outcomes)
            assert drawn == variance(w, kept, w != 0, x) <= variance(w, kept, w == w, x)


def check_float_exact_counts() -> None:
    """Exactly t of the nonzero entries, also where numbers are equal, right to rounding; short rows to the bit."""
    rng = np.random.default_rng(13)
    weights = rng.standard_normal((40, 30)) * 2.0 ** rng.integers(-300, 300, (40, 30))
    weights[rng.random(weights.shape) < 0.5] = 0.0
    weights[3], weights[4, 5:] = -0.0, 0.0
    for kept, u in itertools.product((1, 7, 15, 30), (rng.random(weights.shape), np.full(weights.shape, 0.5))):
        found = draws.ExactCounts(weights, kept).realize(u)
        for row, drawn in zip(weights, found, strict=True):
            T = np.count_nonzero(row)
            assert np.count_nonzero(drawn) == min(T, kept)
            if kept >= T:
                assert drawn.tobytes() == row.tobytes()
            for w, value in zip(row, drawn, strict=True):
                slack = 3 * UNIT_ROUNDOFF * abs(Fraction(w)) * max(T, 1) / kept
                assert value == 0 or kept >= T or abs(Fraction(value) - Fraction(w) * T / kept) <= slack
                assert w != 0 or value == 0


def check_realize() -> None:
    """All uniform numbers (i + 1/2)/K give a law with probabilities in multiples of 1/K back; strictly below counts."""
    for law in (
        draws.pruning_law(exact([["1/3", -2]]), Fraction(3, 8)),
        draws.pruning_law(exact([["1/3", -2]]), Fraction(1)),
        draws.quantization_law(exact([["1/8", -1, 0, "-5/16"]]), 4),
        draws.multiplier_law(2, Fraction(5, 8)),
    ):
        K = 8
        found = [law.realize(np.full(law.low.shape, Fraction(2 * i + 1, 2 * K))) for i in range(K)]
        for unit, pairs in enumerate(outcomes(law)):
            for value in {value for _, value in pairs}:
                probability = sum(p for p, other in pairs if other == value)
                assert Fraction(sum(sample.flat[unit] == value for sample in found), K) == probability
    half = draws.pruning_law(np.array([3.0, -3.0]), 0.5)
    assert list(half.realize(np.array([0.0, math.nextafter(0.5, 0)]))) == [6, -6]
    assert list(half.realize(np.array([0.5, math.nextafter(1, 0)]))) == [0, 0]
    certain = draws.quantization_law(np.array([2.0, -2.0, 0.0, -0.0]), 3)
    for u in (0.0, math.nextafter(1, 0)):
        assert list(certain.realize(np.full(4, u))) == [2, -2, 0, 0]


def check_streams() -> None:
    for seed, repeat, layer in [(0, 0, 1), (7, 3, 2), (2**32, 0, 1), (2**63 - 1, 2**33, 1)]:
        expected = list(pcg64_uniforms(seed, (repeat, layer, 0), 12))
        assert draws.uniforms(seed, repeat, layer, (3, 4)).ravel().tolist() == expected
        recipe = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(repeat, layer, 1))))
        assert draws.random_order(seed, repeat, layer, 9).tolist() == recipe.permutation(9).tolist()


def check_realized_in_parts() -> None:
    """A whole layer at once or in parts: the values that its uniform numbers decide, in the order of the array."""
    for shape in ((7,), (3, 5), (2, 2, 3, 3), (1300, 1100), (3_000_000,)):
        law = draws.pruning_law(np.random.default_rng(1).standard_normal(shape), 0.3)
        whole = law.realize(draws.uniforms(5, 2, 3, shape))
        assert np.array_equal(draws.realized(law, 5, 2, 3), whole)
        assert np.array_equal(draws.realized(law, 5, 2, 3, np.float32), whole.astype(np.float32))
        if len(shape) == 2:
            counted = draws.ExactCounts(law.high, 2)
            assert np.array_equal(draws.realized(counted, 5, 2, 3), counted.realize(draws.uniforms(5, 2, 3, shape)))
    assert len(list(draws.parts(shape))) > 1


def check_streams_differ() -> None:
    keys = [(seed, repeat, layer) for seed in range(3) for repeat in range(4) for layer in range(1, 5)]
    drawn = [draws.uniforms(*key, (6,)) for key in keys]
    assert len({u for sample in drawn for u in sample.tolist()}) == 6 * len(keys)
    assert len({tuple(draws.random_order(*key, 20)) for key in keys}) == len(keys)
    matrix = draws.uniforms(1, 0, 1, (50, 40))
    assert len(np.unique(matrix)) == matrix.size and matrix.min() >= 0 and matrix.max() < 1
    again = [draws.uniforms(*key, (6,)) for key in reversed(keys)][::-1]  # nothing is left over from earlier calls
    assert np.array_equal(drawn, again)
    own = np.argsort(draws.uniforms(0, 0, 1, (20,)))
    assert not np.array_equal(draws.random_order(0, 0, 1, 20), own)


CHECKS = [
    check_pruning_law, check_quantization_law, check_multiplier_law, check_float_quantization, check_realize,
    check_streams, check_realized_in_parts, check_streams_differ, check_exact_counts_of_a_row,
    check_exact_counts_of_rows, check_zeros_are_better_not_drawn, check_float_exact_counts,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_draws(check: Callable[[], None]) -> None:
    check()


# fault: (where, name, what stands there, a check that sees it)
FAULTS = {
    "1/p forgotten": (draws, "pruning_law", without_scaling, check_pruning_law),
    "1/p forgotten for neurons": (draws, "pruning_law", without_scaling, check_multiplier_law),
    "p for 1 - p": (draws, "pruning_law", swapped_probability, check_pruning_law),
    "p for 1 - p when drawn": (
        draws.Law, "realize", lambda law, u: np.where(u < law.probability, law.low, law.high), check_realize
    ),
    "u <= P": (draws.Law, "realize", lambda law, u: np.where(u <= law.probability, law.high, law.low), check_realize),
    "floor for ceil": (draws, "quantization_law", quantizer(np.floor), check_quantization_law),
    "M of each row": (draws, "quantization_law", quantizer(np.ceil, per_row=True), check_quantization_law),
    "sign lost": (draws, "quantization_law", quantizer(np.ceil, signed=False), check_quantization_law),
    "probability off by a millionth": (draws, "quantization_law", quantizer(np.ceil, shift=1), check_quantization_law),
    "variance halved": (draws.Law, "variance", half_variance, check_multiplier_law),
    "M k/k for M": (draws, "quantization_law", quantizer(np.ceil), check_float_quantization),
    "uniform numbers anew for every part": (draws, "realized", anew_for_every_part, check_realized_in_parts),
    "one number for a column": (draws, "uniforms", same_for_all_rows, check_streams_differ),
    "no repeat in the key": (draws, "_generator", stream("layer", "stream"), check_streams_differ),
    "no layer in the key": (draws, "_generator", stream("repeat", "stream"), check_streams_differ),
    "no stream in the key": (draws, "_generator", stream("repeat", "layer"), check_streams),
    "repeat and layer swapped": (draws, "_generator", stream("layer", "repeat", "stream"), check_streams),
    "repeat added to the seed": (draws, "_generator", summed_seed, check_streams_differ),
    "times n/t": (draws.ExactCounts, "realize", scaled_by_the_share_of_all, check_exact_counts_of_a_row),
    "zeros drawn": (draws.ExactCounts, "realize", counting_zeros, check_exact_counts_of_a_row),
    "zeros drawn, in the variance": (draws.ExactCounts, "realize", counting_zeros, check_zeros_are_better_not_drawn),
    "with replacement": (draws.ExactCounts, "realize", with_replacement, check_exact_counts_of_a_row),
    "with replacement, in floats": (draws.ExactCounts, "realize", with_replacement, check_float_exact_counts),
    "the same set for all rows": (draws.ExactCounts, "realize", same_set_for_all_rows, check_exact_counts_of_rows),
    "as many of the layer": (draws.ExactCounts, "realize", least_of_the_layer, check_exact_counts_of_rows),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_in_the_draws_are_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, faulty, check = FAULTS[fault]
    monkeypatch.setattr(where, name, faulty)
    with pytest.raises(AssertionError):
        check()


def test_the_quantizer_of_the_faults_is_right_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "quantization_law", quantizer(np.ceil))
    check_quantization_law()


@pytest.mark.parametrize("levels", [1, 3])
def test_a_matrix_of_zeros_stays_as_it_is(levels: int) -> None:
    for zeros in (exact([[0, 0]]), np.zeros((2, 3))):
        law = draws.quantization_law(zeros, levels)
        assert (law.realize(np.zeros(zeros.shape)) == 0).all() and (law.variance == 0).all()


def test_float_pruning_agrees_with_the_exact_law() -> None:
    rng = np.random.default_rng(12)
    weights = np.concatenate(
        [[0.0, 1.0, -1 / 3, 5e-324, -1e-310], rng.standard_normal(50) * 2.0 ** rng.integers(-400, 400, 50)]
    )
    for p in (0.01, 0.3, 0.5, 1.0):
        law = draws.pruning_law(weights, p)
        assert (law.low == 0).all() and (law.probability == p).all()
        for w, high in zip(weights, law.high, strict=True):
            assert abs(Fraction(p) * Fraction(high) - Fraction(w)) <= UNIT_ROUNDOFF * abs(Fraction(w)) + LEAST_FLOAT
        exact_law = draws.pruning_law(np.array([*map(Fraction, weights)]), Fraction(p))
        assert np.allclose(law.variance, exact_law.variance.astype(float), rtol=1e-14, atol=1e-300)


def pcg64_uniforms(seed: int, spawn_key: tuple[int, ...], count: int) -> Iterator[float]:
    """The same numbers in Python's integers alone, from the published algorithms: SeedSequence, then PCG64 XSL-RR."""
    high, low, increment_high, increment_low = seed_sequence_words(seed, spawn_key)
    multiplier, modulus = 0x2360ED051FC65DA44385DF649FCCF645, 2**128
    increment = ((increment_high << 64 | increment_low) << 1 | 1) % modulus
    state = (((high << 64 | low) + increment) * multiplier + increment) % modulus
    for _ in range(count):
        state = (state * multiplier + increment) % modulus
        mixed, turn = (state >> 64) ^ (state % 2**64), state >> 122
        word = (mixed >> turn | mixed << (64 - turn)) % 2**64
        yield (word >> 11) / 2**53


def seed_sequence_words(seed: int, spawn_key: tuple[int, ...]) -> list[int]:
    """The four 64-bit words that SeedSequence makes of a seed below 2^128 and a spawn key."""

    def words(number: int) -> list[int]:
        return [number >> 32 * i & 0xFFFFFFFF for i in range(max(1, -(-number.bit_length() // 32)))]

    def hasher(constant: int, multiplier: int) -> Callable[[int], int]:
        def mix(value: int) -> int:
            nonlocal constant
            value ^= constant
            constant = constant * multiplier % 2**32
            value = value * constant % 2**32
            return value ^ value >> 16

        return mix

    def combine(x: int, y: int) -> int:
        value = (0xCA01F9DD * x - 0x4973F715 * y) % 2**32
        return value ^ value >> 16

    entropy = words(seed)
    entropy += [0] * (4 - len(entropy)) + [word for part in spawn_key for word in words(part)]
    hashed = hasher(0x43B0D7E5, 0x931E8875)
    pool = [hashed(word) for word in entropy[:4]]
    for source in range(4):
        for target in range(4):
            if source != target:
                pool[target] = combine(pool[target], hashed(pool[source]))
    for word in entropy[4:]:
        pool = [combine(old, hashed(word)) for old in pool]
    hashed = hasher(0x8B51F9DD, 0x58F38DED)
    halves = [hashed(pool[i % 4]) for i in range(8)]
    return [halves[i] | halves[i + 1] << 32 for i in range(0, 8, 2)]
