"""Beyond the samples: upper confidence limits for the distribution that a fresh sample comes from.

The samples must be independent draws that had no part in choosing the compression; that is the user's to say. Then the
errors e_i = ||Phi(x_i) - Phi-hat(x_i)||^2 are independent with the mean that is asked for, and in [0, B] for inputs of
norm at most R: B is proved (worst_case), and R is stated, since the sample's largest norm does not bound the
distribution's. What is known of e_i is the upper end v_i of its enclosure, which may depend on the other samples that
were run through with it. The limit grows with every value, so that of v_i >= e_i is at least that of e_i, and fails no
more often. In the same way an undecided prediction counts as changed. Each of the limits takes its equal share of the
probability to fail, so that all hold together with the confidence asked for.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less_equal, lower_float, rational_text, upper_decimal, upper_float
from boundcheck.network.data import Data
from boundcheck.network.measure import Progress, measured_input_radius
from boundcheck.trial.confidence import upper_limit

from .outputs import Changes, upper_ends
from .pair import Pair
from .worst_case import LayerBound, largest_distances

DEFAULT_CONFIDENCE = Fraction(99, 100)


@dataclass(frozen=True)
class Fresh:
    """The user's word that the samples are fresh; the norm that no input exceeds, None if that is not known."""

    confidence: Fraction = DEFAULT_CONFIDENCE
    input_radius: Fraction | None = None

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise InputError(
                f"confidence={rational_text(self.confidence)}: expected a number strictly between 0 and 1; give for "
                "example 0.99"
            )
        if self.input_radius is not None and self.input_radius <= 0:
            raise InputError(
                f"input-radius={rational_text(self.input_radius)}: expected a positive number, the largest norm that "
                "an input can have"
            )


@dataclass(frozen=True)
class Limits:
    """Upper limits for the mean error and for the probability of a changed prediction; None where there is none.

    error_probability: of each of them. bounds: behind each layer, for all inputs; the last one gives ``worst``, B.
    """

    error_probability: float
    error: float | None
    worst: float | None
    bounds: list[LayerBound]
    prediction_change: float | None


def check_radius(fresh: Fresh, data: Data) -> None:
    """Raise InputError unless the stated norm covers the samples."""
    if fresh.input_radius is None:
        return
    measured = measured_input_radius(data)
    if less_equal(measured, fresh.input_radius) is not Verdict.HOLDS:
        raise InputError(
            f"input-radius={rational_text(fresh.input_radius)}: {data.description} holds a sample of norm "
            f"{upper_decimal(measured, 6)}; state a norm that no input of the distribution exceeds, or normalize them"
        )


def limits(
    pair: Pair, fresh: Fresh, errors: list[arb], changes: Changes | None, progress: Progress | None = None
) -> Limits:
    """The limits at the confidence asked for."""
    asked = (fresh.input_radius is not None) + (changes is not None)
    probability = lower_float((1 - fresh.confidence) / max(asked, 1))
    bounds: list[LayerBound] = []
    error, worst = None, None
    if fresh.input_radius is not None:
        bounds = largest_distances(pair, ball(fresh.input_radius), progress)
        worst = upper_float(bounds[-1].distance * bounds[-1].distance)
        error = error_limit(errors, worst, probability)
    change = None if changes is None else upper_limit((~changes.unchanged).astype(np.float64), 0.0, 1.0, probability)
    return Limits(probability, error, worst, bounds, change)


def error_limit(errors: list[arb], worst: float, error_probability: float) -> float:
    """An upper limit for the mean of errors in [0, ``worst``], from the upper ends of their enclosures."""
    values = np.minimum(upper_ends(errors), worst)
    return upper_limit(values, 0.0, worst, error_probability)
