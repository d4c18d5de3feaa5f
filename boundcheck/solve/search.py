"""Looks for the least number of a grid at which something HOLDS; UNKNOWN never counts as holding."""

from collections.abc import Callable
from fractions import Fraction

from boundcheck.certify.certificate import RungRecord
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import rational_text

from .record import Attempt

Evaluate = Callable[[int], RungRecord]


class Search:
    """Evaluations at the integers ``low`` to ``high``, each made once; ``unit`` times an integer is the value shown."""

    def __init__(self, evaluate: Evaluate, low: int, high: int, unit: Fraction = Fraction(1)) -> None:
        self._evaluate, self.low, self.high, self.unit = evaluate, low, high, unit
        self.found: dict[int, RungRecord] = {}

    def at(self, number: int) -> RungRecord:
        """The rung's record there."""
        if number not in self.found:
            self.found[number] = self._evaluate(number)
        return self.found[number]

    def holds(self, number: int) -> bool:
        """Whether it was certified there: not if that is undecided."""
        return self.at(number).verdict is Verdict.HOLDS

    def least(self) -> int | None:
        """A number that holds while the one before it does not, no smaller one having been seen to hold; None: none.

        Numbers are tried in doubling steps from the lowest up, so that small ones get a chance, then by bisection.
        """
        failing = self.low - 1
        for number in self._ladder():
            if self.holds(number):
                return self.between(failing, number)
            failing = number
        return None

    def least_near_the_highest(self) -> int | None:
        """As least, in doubling steps from the highest down."""
        for number in (self.high + self.low - step for step in self._ladder()):
            if self.holds(number):
                return self.between(max((n for n in self.found if n < number), default=self.low - 1), number)
        return None

    def _ladder(self) -> list[int]:
        """low, 2 low, 4 low, ... and high."""
        steps = [self.low]
        while steps[-1] < self.high:
            steps.append(min(self.high, 2 * steps[-1]))
        return steps

    def between(self, failing: int, holding: int) -> int:
        """Bisection: down to two neighbours, of which the larger holds and the smaller does not."""
        while holding - failing > 1:
            middle = (failing + holding) // 2
            failing, holding = (failing, middle) if self.holds(middle) else (middle, holding)
        return holding

    def lowered(self, least: int, most: int) -> int:
        """Try up to ``most`` smaller numbers, nearest first; from one that holds, look for a smaller one again."""
        number = least - 1
        while number >= max(self.low, least - most):
            if self.holds(number):
                least = self.between(max((n for n in self.found if n < number), default=self.low - 1), number)
                number = least
            number -= 1
        return least

    def value(self, number: int) -> str:
        """The value that a number stands for."""
        return rational_text(number * self.unit)

    def attempt(self, number: int) -> Attempt:
        """What was found at a number."""
        record = self.at(number)
        return Attempt(value=self.value(number), verdict=record.verdict, error_bound=record.error_bound)

    def attempts(self) -> list[Attempt]:
        """All evaluations, by value."""
        return [self.attempt(number) for number in sorted(self.found)]

    def closest(self) -> RungRecord:
        """Where nothing holds: an undecided evaluation first, then that with the least error, else at the largest."""
        records = [self.found[number] for number in sorted(self.found)]
        undecided = [record for record in records if record.verdict is Verdict.UNKNOWN]
        bounded = [record for record in records if record.error_bound is not None]
        return min(undecided or bounded or records[-1:], key=lambda r: Fraction(r.error_bound or 0))
