"""Limits beyond the samples: they hold as often as they say, from upper ends and proved ranges."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom

from boundcheck.compare import outputs as outputs_module
from boundcheck.compare.compare import compare
from boundcheck.compare.limits import Fresh, error_limit
from boundcheck.compare.outputs import squared_errors
from boundcheck.compare.pair import Pair
from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.trial.confidence import upper_limit

from .conftest import pruned, random_layers, samples

PairOf = Callable[..., Pair]


@pytest.fixture
def small(pair_of: PairOf) -> Pair:
    dense = random_layers(0, [3, 6, 2])
    return pair_of(dense, pruned(dense))


def population(skewed: bool) -> np.ndarray:
    """400 inputs in the unit ball; skewed: nearly all of them tiny, so that small samples miss what matters."""
    random = np.random.default_rng(1)
    inputs = random.normal(size=(400, 3))
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True) * (1 + 1e-12)
    return inputs * np.where(np.arange(400) < 8, 1, 0.02)[:, None] if skewed else inputs


@pytest.mark.slow
@pytest.mark.parametrize("skewed", [False, True])
def test_coverage_over_resampled_populations(small: Pair, skewed: bool) -> None:
    """500 samples of 30 with replacement: a limit is below the truth at most as often as the confidence allows."""
    inputs, confidence = population(skewed), Fraction(4, 5)
    whole = compare(small, samples(inputs))
    random, below = np.random.default_rng(2), np.zeros(2, dtype=int)
    changes = whole.predictions
    assert changes.undecided == 0 and changes.changed > 0
    for _ in range(500):
        data = samples(inputs[random.integers(0, 400, size=30)])
        found = compare(small, data, fresh=Fresh(confidence, Fraction(1))).fresh
        below += (
            Fraction(found.mean_error) < Fraction(whole.error.mean.lower),
            Fraction(found.changed_predictions) < Fraction(changes.changed, 400),
        )
    allowed = binom.ppf(0.9999, 500, 0.1)  # each has half of the probability to fail
    assert (below <= allowed).all()


def test_the_limit_takes_the_upper_ends(small: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enclosures widened by 1/2: the truth may be as large as every upper end, so the limit is above their mean."""
    plain = outputs_module.forward_enclosure

    def widened(*given: object) -> BallMatrix:
        z = plain(*given)
        return BallMatrix(z.mid, z.rad + 0.25)

    data = samples(population(False))
    monkeypatch.setattr(outputs_module, "forward_enclosure", widened)
    record = compare(small, data, fresh=Fresh(input_radius=Fraction(1)))
    assert Fraction(record.error.mean.upper) > Fraction(record.error.mean.lower) + Fraction(1, 4)
    worst = Fraction(record.fresh.largest_error)
    ends = [min(Fraction(upper_float(error)), worst) for error in squared_errors(outputs_module.enclose(small, data))]
    assert Fraction(record.fresh.mean_error) >= sum(ends) / len(ends)


def test_a_limit_is_that_of_the_values_and_the_proved_range() -> None:
    errors = [ball(0.5), ball(0.25), ball(0)] * 20
    values = np.array([0.5, 0.25, 0.0] * 20)
    assert error_limit(errors, 2.0, 0.01) == upper_limit(values, 0.0, 2.0, 0.01)
    assert error_limit(errors, 0.375, 0.01) == upper_limit(np.minimum(values, 0.375), 0.0, 0.375, 0.01)
    assert error_limit([ball(0)] * 5, 0.0, 0.01) == 0


def test_a_larger_value_never_lowers_the_limit() -> None:
    """What lets upper ends stand for errors."""
    random = np.random.default_rng(0)
    for _ in range(200):
        values = random.random(12) ** 3
        raised = np.minimum(values + random.random(12) * (random.random(12) < 0.2) / 5, 1)
        limits = [upper_limit(each, 0.0, 1.0, 0.05) for each in (values, raised)]
        assert limits[0] <= limits[1] + 1e-9


def test_the_range_is_for_the_radius_and_not_for_the_sample(small: Pair) -> None:
    """The same samples with a larger radius stated: a larger range, and a weaker limit."""
    data = samples(population(True))
    found = [compare(small, data, fresh=Fresh(input_radius=Fraction(radius))).fresh for radius in (1, 10)]
    assert Fraction(found[0].largest_error) < Fraction(found[1].largest_error)
    assert Fraction(found[0].mean_error) < Fraction(found[1].mean_error)
    largest = compare(small, data).error.largest
    assert Fraction(largest.upper) < Fraction(found[0].largest_error)
    assert len(found[0].layers) == 2 and found[0].layers[-1].distance is not None


def test_a_sample_beyond_the_radius_is_refused(small: Pair) -> None:
    with pytest.raises(InputError) as caught:
        compare(small, samples([[3.0, 4.0, 0.0]]), fresh=Fresh(input_radius=Fraction(499, 100)))
    assert str(caught.value) == (
        "input-radius=4.99: data=test holds a sample of norm 5; state a norm that no input of the distribution "
        "exceeds, or normalize them"
    )
    compare(small, samples([[3.0, 4.0, 0.0]]), fresh=Fresh(input_radius=Fraction(5)))


def test_without_a_radius_there_is_no_limit_for_the_error(small: Pair) -> None:
    record = compare(small, samples(population(False)), fresh=Fresh())
    assert record.fresh.mean_error is record.fresh.largest_error is None and record.fresh.layers == []
    assert record.fresh.changed_predictions is not None
    assert any("--input-radius" in note for note in record.notes)
    alone = compare(small, samples(population(False)))
    assert alone.fresh is None
    assert any("nothing is said about other inputs" in note for note in alone.notes)


def test_undecided_predictions_count_as_changed(pair_of: PairOf) -> None:
    """Two equal outputs always tie, and so are never decided."""
    dense = [(np.ones((2, 3)), None)]
    record = compare(pair_of(dense, [(np.ones((2, 3)) * 2, None)]), samples(np.eye(3)), fresh=Fresh())
    assert record.predictions.undecided == 3
    assert record.fresh.changed_predictions == "1"


def test_several_limits_share_the_probability_to_fail(small: Pair) -> None:
    data = samples(population(False))
    both = compare(small, data, fresh=Fresh(Fraction(9, 10), Fraction(1))).fresh
    one = compare(small, data, fresh=Fresh(Fraction(95, 100))).fresh
    assert both.changed_predictions == one.changed_predictions
    targets = samples(data.inputs, targets=np.zeros((400, 2)))
    alone = compare(small, targets, fresh=Fresh(Fraction(95, 100), Fraction(1))).fresh
    assert alone.mean_error == both.mean_error and alone.changed_predictions is None


@pytest.mark.parametrize("confidence", [0, 1, -1, 2])
def test_confidences_that_are_none(confidence: int) -> None:
    with pytest.raises(InputError, match=f"confidence={confidence}: expected a number strictly between 0 and 1"):
        Fresh(Fraction(confidence))


@pytest.mark.parametrize("radius", [0, -1])
def test_radii_that_are_none(radius: int) -> None:
    with pytest.raises(InputError, match=f"input-radius={radius}: expected a positive number"):
        Fresh(input_radius=Fraction(radius))
