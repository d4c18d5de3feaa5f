"""The two values of entries' draws against the laws that the compression draws from, in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from boundcheck.draws import Law, pruning_law, quantization_law
from boundcheck.per_sample.entry_laws import pruned_entries, quantized_entries
from boundcheck.per_sample.two_valued_sums import TwoValuedDraws


def weight_matrix() -> np.ndarray:
    found = np.random.default_rng(31).normal(size=(4, 6))
    found[0, :3] = 0.0, 3.5, -3.5  # 3.5 is the largest
    return found


def exact(weight: np.ndarray) -> np.ndarray:
    return np.array([[Fraction(float(entry)) for entry in row] for row in weight], dtype=object)


def assert_is_law(found: TwoValuedDraws, law: Law) -> None:
    """The same jump and probability; draws that cannot move may stand at either end."""
    for place in np.ndindex(law.shape):
        jump, probability = law.high[place] - law.low[place], law.probability[place]
        low, high = (float(end[place]) for end in (found.probability.low, found.probability.high))
        assert high - low < 1e-12
        if probability in (0, 1):
            assert low == 0 or high == 1 or found.jump.high[place] == 0
            continue
        assert Fraction(float(found.jump.low[place])) <= jump <= Fraction(float(found.jump.high[place]))
        assert Fraction(low) <= probability <= Fraction(high)


@pytest.mark.parametrize("keep", [Fraction(3, 10), Fraction(9, 10)])
def test_pruned_entries(keep: Fraction) -> None:
    weight = weight_matrix()
    assert_is_law(pruned_entries(weight, keep), pruning_law(exact(weight), keep))


@pytest.mark.parametrize("levels", [1, 7, 127])
def test_quantized_entries(levels: int) -> None:
    weight = weight_matrix()
    assert_is_law(quantized_entries(weight, levels), quantization_law(exact(weight), levels))
    nothing = quantized_entries(np.zeros((2, 2)), levels)
    assert not nothing.jump.high.any() and not nothing.probability.high.any()
