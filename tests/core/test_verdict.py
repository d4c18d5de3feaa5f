"""Three-valued logic: the tables of conjunction and disjunction."""

import itertools

import pytest

from boundcheck.core.verdict import Verdict, conjunction, disjunction

HOLDS, FAILS, UNKNOWN = Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (HOLDS, HOLDS, HOLDS, HOLDS),
        (HOLDS, FAILS, FAILS, HOLDS),
        (HOLDS, UNKNOWN, UNKNOWN, HOLDS),
        (FAILS, FAILS, FAILS, FAILS),
        (FAILS, UNKNOWN, FAILS, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_two_verdicts(first: Verdict, second: Verdict, both: Verdict, either: Verdict) -> None:
    for pair in ((first, second), (second, first)):
        assert conjunction(pair) is both and disjunction(pair) is either


@pytest.mark.parametrize("verdicts", list(itertools.product(Verdict, repeat=3)), ids=lambda v: "-".join(v))
def test_three_verdicts_agree_with_two_at_a_time(verdicts: tuple[Verdict, ...]) -> None:
    a, b, c = verdicts
    assert conjunction(verdicts) is conjunction([a, conjunction([b, c])])
    assert disjunction(verdicts) is disjunction([a, disjunction([b, c])])


def test_none_at_all_and_iterators() -> None:
    assert conjunction([]) is HOLDS and disjunction([]) is FAILS
    assert conjunction(v for v in (HOLDS, UNKNOWN)) is UNKNOWN
    assert disjunction(v for v in (FAILS, HOLDS)) is HOLDS


def test_a_verdict_is_its_word_in_a_record() -> None:
    assert [str(verdict) for verdict in Verdict] == ["HOLDS", "FAILS", "UNKNOWN"]
