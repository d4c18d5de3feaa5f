"""Errors, accuracies, changed predictions: against rationals, and every choice within the enclosures."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import arb
from mpmath import mp, mpf

from boundcheck.compare import outputs as module
from boundcheck.compare.compare import compare
from boundcheck.compare.outputs import Outputs, enclose, prediction_changes, squared_errors
from boundcheck.compare.pair import Pair
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.network.activation_enclosure import round_up
from boundcheck.network.predictions import accuracy, candidates, difference

from .conftest import Arrays, pruned, random_layers, samples

PairOf = Callable[..., Pair]


def exact_outputs(layers: Arrays, inputs: np.ndarray) -> list[list[Fraction]]:
    """A ReLU network with linear outputs, in rationals."""
    rows = []
    for sample in inputs.tolist():
        z = [Fraction(entry) for entry in sample]
        for number, (weight, bias) in enumerate(layers, 1):
            shift = [0.0] * len(weight) if bias is None else bias.tolist()
            z = [
                sum((Fraction(w) * v for w, v in zip(row, z, strict=True)), Fraction(b))
                for row, b in zip(weight.tolist(), shift, strict=True)
            ]
            z = z if number == len(layers) else [max(v, Fraction(0)) for v in z]
        rows.append(z)
    return rows


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_everything_is_enclosed_around_its_exact_value(pair_of: PairOf, seed: int, biases: bool) -> None:
    dense = random_layers(seed, [5, 7, 6, 3], biases)
    compressed = pruned(dense, seed)
    random = np.random.default_rng(seed)
    inputs, labels = random.normal(size=(40, 5)), random.integers(0, 3, size=40)
    record = compare(pair_of(dense, compressed), samples(inputs, labels))
    f, g = exact_outputs(dense, inputs), exact_outputs(compressed, inputs)
    errors = [sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) for one, other in zip(f, g, strict=True)]
    moment = sum(sum(a**2 for a in row) for row in f) / 40
    found = record.error
    for enclosure, exact in (
        (found.mean, sum(errors) / 40),
        (found.largest, max(errors)),
        (found.dense_second_moment, moment),
        (found.relative, sum(errors) / 40 / moment),
    ):
        assert Fraction(enclosure.lower) <= exact <= Fraction(enclosure.upper)
        assert Fraction(enclosure.upper) - Fraction(enclosure.lower) <= exact / 10**9 * 2
    assert 0 < Fraction(found.relative_width) < Fraction(1, 10**9)
    tops = [[{j for j in range(3) if row[j] == max(row)} for row in rows] for rows in (f, g)]
    changed = sum(a.isdisjoint(b) for a, b in zip(*tops, strict=True))
    unchanged = sum(a == b and len(a) == 1 for a, b in zip(*tops, strict=True))
    counts = record.predictions
    assert (counts.changed, counts.unchanged, counts.undecided) == (changed, unchanged, 40 - changed - unchanged)
    right = [
        [Fraction(sum(isin(top, label) for top, label in zip(row, labels, strict=True)), 40) for row in tops]
        for isin in (lambda top, label: top == {label}, lambda top, label: label in top)
    ]
    by_name = {score.measure: score for score in record.scores}
    for enclosure, low, high in zip((by_name["accuracy"].dense, by_name["accuracy"].compressed), *right, strict=True):
        assert Fraction(enclosure.lower) <= low and high <= Fraction(enclosure.upper)
        assert Fraction(enclosure.upper) - Fraction(enclosure.lower) < high - low + Fraction(1, 10**9)
    change = by_name["accuracy"].change
    assert Fraction(change.lower) <= right[0][1] - right[1][0] and right[1][1] - right[0][0] <= Fraction(change.upper)
    one_hot = np.eye(3)[labels]
    losses = [
        sum(
            sum((a - Fraction(y)) ** 2 for a, y in zip(row, ys, strict=True))
            for row, ys in zip(rows, one_hot, strict=True)
        )
        / 40
        for rows in (f, g)
    ]
    _check(by_name["loss"], *losses)


def _check(score: object, dense: Fraction, compressed: Fraction) -> None:
    for enclosure, exact in (
        (score.dense, dense),
        (score.compressed, compressed),
        (score.change, compressed - dense),
    ):
        assert Fraction(enclosure.lower) <= exact <= Fraction(enclosure.upper)
        assert Fraction(enclosure.upper) - Fraction(enclosure.lower) < Fraction(1, 10**6)


def test_r_squared_of_targets(pair_of: PairOf) -> None:
    dense = random_layers(1, [4, 6, 2])
    compressed = pruned(dense)
    random = np.random.default_rng(3)
    inputs, targets = random.normal(size=(30, 4)), random.normal(size=(30, 2))
    record = compare(pair_of(dense, compressed), samples(inputs, targets=targets))
    assert record.predictions is None
    exact = [[Fraction(y) for y in row] for row in targets.tolist()]
    middle = [sum(column) / 30 for column in zip(*exact, strict=True)]
    spread = sum(sum((y - m) ** 2 for y, m in zip(row, middle, strict=True)) for row in exact)
    scores = []
    for layers in (dense, compressed):
        rows = exact_outputs(layers, inputs)
        lost = sum(sum((a - y) ** 2 for a, y in zip(*both, strict=True)) for both in zip(rows, exact, strict=True))
        scores.append(1 - lost / spread)
    assert [score.measure for score in record.scores] == ["R^2", "loss"]
    _check(record.scores[0], *scores)


def test_targets_that_are_all_the_same_have_no_r_squared(pair_of: PairOf) -> None:
    dense = random_layers(1, [4, 6, 1])
    record = compare(pair_of(dense, pruned(dense)), samples(np.ones((3, 4)), targets=np.ones((3, 1))))
    assert [score.measure for score in record.scores] == ["loss"]


@pytest.mark.parametrize("activation", ["tanh", "softplus", "sigmoid", "gelu"])
def test_smooth_activations_are_enclosed(pair_of: PairOf, activation: str) -> None:
    """An oracle of its own: mpmath at 50 digits."""
    mp.dps = 50
    phi = {
        "tanh": mp.tanh,
        "softplus": lambda x: mp.log(1 + mp.exp(x)),
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "gelu": lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
    }[activation]
    dense = random_layers(2, [4, 9, 6, 3])
    compressed = pruned(dense)
    inputs = np.random.default_rng(0).normal(size=(10, 4))
    found = compare(pair_of(dense, compressed, activation), samples(inputs)).error

    def outputs(layers: Arrays) -> list[list[mpf]]:
        rows = []
        for sample in inputs.tolist():
            z = [mpf(entry) for entry in sample]
            for number, (weight, bias) in enumerate(layers, 1):
                z = [
                    sum(mpf(w) * v for w, v in zip(row, z, strict=True)) + mpf(b)
                    for row, b in zip(weight.tolist(), bias, strict=True)
                ]
                z = z if number == len(layers) else [phi(v) for v in z]
            rows.append(z)
        return rows

    errors = [
        sum((a - b) ** 2 for a, b in zip(*both, strict=True))
        for both in zip(outputs(dense), outputs(compressed), strict=True)
    ]
    for enclosure, exact in ((found.mean, sum(errors) / 10), (found.largest, max(errors))):
        assert mpf(enclosure.lower) <= exact <= mpf(enclosure.upper)
    assert Fraction(found.relative_width) < Fraction(1, 1000)


@pytest.mark.parametrize("activation", ["relu", "tanh", "softmax"])
def test_an_identical_pair_has_no_error_at_all(pair_of: PairOf, activation: str) -> None:
    """Also where two outputs tie, and where one file writes the zero bias that the other leaves out."""
    (first, _), (second, _) = random_layers(0, [4, 6, 2], biases=False)
    second[1] = second[0]
    dense, same = [(first, None), (second, None)], [(first, np.zeros(6)), (second, None)]
    record = compare(pair_of(dense, same, activation), samples(np.eye(4), np.array([0, 1, 0, 1])))
    zero = {"lower": "0", "upper": "0"}
    assert record.error.mean.model_dump() == record.error.largest.model_dump() == zero
    assert record.error.relative.model_dump() == zero and record.error.relative_width == "0"
    assert (record.predictions.changed, record.predictions.unchanged, record.predictions.undecided) == (0, 4, 0)
    assert all(score.change.model_dump() == zero for score in record.scores)
    accuracies = record.scores[0]
    assert (accuracies.dense.lower, accuracies.dense.upper) == ("0", "1")  # every prediction is a tie
    assert not any(layer.changed for layer in record.layers)


def test_a_bias_alone_changes_a_layer(pair_of: PairOf) -> None:
    dense = random_layers(0, [4, 6, 2])
    moved = [dense[0], (dense[1][0], dense[1][1] + 1)]
    record = compare(pair_of(dense, moved), samples(np.eye(4)))
    assert [layer.changed for layer in record.layers] == [False, True]
    assert float(record.error.mean.upper) == pytest.approx(2)


def corners(row: BallMatrix) -> list[np.ndarray]:
    """All ends of one sample's balls, and their middles."""
    return [row.mid[0] + np.array(signs) * row.rad[0] for signs in product((-1, 0, 1), repeat=row.mid.shape[1])]


def test_certain_predictions_are_those_of_every_choice_within_the_balls() -> None:
    """An output may be the largest if it is at some corner, as its own upper end with all others' lower ends is one."""
    random = np.random.default_rng(5)
    seen = set()
    for _ in range(300):
        middles = [random.integers(-3, 4, size=(1, 3)) / 2 for _ in range(2)]
        balls = [BallMatrix(middle, random.choice([0.2, 0.35], size=(1, 3))) for middle in middles]  # no ends meet
        both = Outputs(balls[0], balls[1], balls[0])
        changes = prediction_changes(_Different(), both)
        tops = [[frozenset(np.flatnonzero(z == z.max())) for z in corners(one)] for one in balls]
        possible = [frozenset().union(*sets) for sets in tops]
        seen.add((bool(changes.changed[0]), bool(changes.unchanged[0])))
        assert changes.changed[0] == possible[0].isdisjoint(possible[1])
        assert changes.unchanged[0] == (possible[0] == possible[1] and len(possible[0]) == 1)
        label = int(random.integers(3))
        assert accuracy(balls[0], np.array([label])) == (possible[0] == {label}, label in possible[0])
    assert seen == {(True, False), (False, True), (False, False)}


def test_predictions_that_all_change(pair_of: PairOf) -> None:
    (first, bias), (second, after) = random_layers(0, [4, 6, 3])
    turned = [(first, bias), (second[[1, 2, 0]], after[[1, 2, 0]])]
    counts = compare(pair_of([(first, bias), (second, after)], turned), samples(np.eye(4))).predictions
    assert (counts.changed, counts.unchanged, counts.undecided) == (4, 0, 0)


class _Different:
    is_identical = False


def test_ends_that_meet_within_rounding_are_no_certainty() -> None:
    """1 - 2^-54 is the lower end of the one and the upper end of the other, and no float."""
    close = BallMatrix(np.array([[1.0, 1.0 - 2.0**-53]]), np.array([[2.0**-54, 2.0**-54]]))
    assert candidates(close).all()


def test_the_difference_takes_its_rounding() -> None:
    a = BallMatrix(np.array([[1.0]]), np.zeros((1, 1)))
    b = BallMatrix(np.array([[2.0**-60 * 3]]), np.zeros((1, 1)))
    found = difference(a, b)
    assert abs(Fraction(1) - Fraction(3, 2**60) - Fraction(found.mid[0, 0])) <= Fraction(found.rad[0, 0])


def test_radii_are_in_the_errors(pair_of: PairOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """With enclosures widened by 1/4 around both outputs, errors reach as far as any choice within them."""
    dense = random_layers(0, [3, 4, 2])
    pair, data = pair_of(dense, pruned(dense)), samples(np.random.default_rng(0).normal(size=(6, 3)))
    exact = squared_errors(enclose(pair, data))
    plain = module.forward_enclosure

    def widened(*given: object) -> BallMatrix:
        z = plain(*given)
        return BallMatrix(z.mid, round_up(z.rad + 0.25))

    monkeypatch.setattr(module, "forward_enclosure", widened)
    difference = enclose(pair, data)
    gap = np.abs(difference.difference.mid)
    for row, error, narrow in zip(gap, squared_errors(difference), exact, strict=True):
        assert error.contains(arb(float(((row + 0.5) ** 2).sum())) * (1 - arb(2) ** -40))
        assert error.contains(arb(float((np.maximum(row - 0.5, 0) ** 2).sum())) * (1 + arb(2) ** -40))
        assert error.contains(narrow) and error.lower() >= -1e-6
