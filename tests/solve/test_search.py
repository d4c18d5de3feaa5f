"""The search against all predicates on small ranges: what it returns holds, and the number before does not."""

from collections.abc import Callable

import pytest

from boundcheck.certify.certificate import RungRecord
from boundcheck.core.verdict import Verdict
from boundcheck.solve.search import Search


def record(verdict: Verdict) -> RungRecord:
    return RungRecord.model_construct(verdict=verdict, error_bound=None)


def search(verdict_of: Callable[[int], Verdict], high: int) -> tuple[Search, list[int]]:
    asked: list[int] = []

    def evaluate(number: int) -> RungRecord:
        asked.append(number)
        return record(verdict_of(number))

    return Search(evaluate, 1, high), asked


def among(holding: set[int]) -> Callable[[int], Verdict]:
    return lambda number: Verdict.HOLDS if number in holding else Verdict.FAILS


def at_least(least: int, otherwise: Verdict) -> Callable[[int], Verdict]:
    return lambda number: Verdict.HOLDS if number >= least else otherwise


@pytest.mark.parametrize("otherwise", [Verdict.FAILS, Verdict.UNKNOWN])
@pytest.mark.parametrize("high", [1, 2, 3, 7, 40, 64])
def test_every_threshold_is_found(high: int, otherwise: Verdict) -> None:
    for least in range(1, high + 1):
        looked, asked = search(at_least(least, otherwise), high)
        assert looked.least() == least
        assert len(asked) == len(set(asked)), "nothing is evaluated twice"
        assert least == 1 or looked.at(least - 1).verdict is otherwise
        assert looked.lowered(least, 3) == least


@pytest.mark.parametrize("otherwise", [Verdict.FAILS, Verdict.UNKNOWN])
def test_none_where_nothing_holds(otherwise: Verdict) -> None:
    looked, asked = search(lambda number: otherwise, 50)
    assert looked.least() is None
    assert asked[:7] == [1, 2, 4, 8, 16, 32, 50] and min(asked) == 1 and max(asked) == 50


def test_what_holds_between_the_steps_near_the_highest_is_found() -> None:
    looked, _ = search(lambda n: Verdict.HOLDS if 70 <= n < 99 else Verdict.UNKNOWN, 99)
    assert looked.least() is None
    assert looked.least_near_the_highest() == 70


def test_where_verdicts_go_up_and_down_the_answer_holds_and_the_one_before_does_not() -> None:
    for pattern in range(2**10):
        holding = {11, *(n for n in range(1, 11) if pattern >> (n - 1) & 1)}
        looked, _ = search(among(holding), 11)
        least = looked.least()
        assert least is not None and looked.holds(least)
        assert least == 1 or not looked.holds(least - 1)


def test_smaller_ones_nearby_are_found_where_verdicts_go_up_and_down() -> None:
    holding = {13, *range(20, 100)}
    looked, _ = search(among(holding), 99)
    assert looked.least() == 20
    assert looked.lowered(20, 6) == 20
    assert looked.lowered(20, 7) == 13


def test_an_undecided_evaluation_comes_closest() -> None:
    looked, _ = search(lambda n: Verdict.UNKNOWN if n == 4 else Verdict.FAILS, 8)
    assert looked.least() is None
    assert looked.closest().verdict is Verdict.UNKNOWN
