"""From a kept fraction to alpha and p: the promise is checked by exact sums, and p is the largest that keeps it."""

import math
from fractions import Fraction as F

import numpy as np
import pytest

from boundcheck import draws
from boundcheck.compress.choice import Choice, Counted, Request, choose, counted_layers, staying_units
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode, Unit
from boundcheck.exact.ball import nan_ball
from boundcheck.network.layer_sets import LayerSets

PRUNE = Mode.PRUNE


def layers(*sizes: int) -> list[Counted]:
    return [Counted(number, Unit.ENTRIES, size, size) for number, size in enumerate(sizes, 1)]


def at_most(t: int, count: int, p: F) -> F:
    """P(B <= t), term by term."""
    return sum((math.comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(t + 1)), start=F(0))


def refusal(request: Request, *sizes: int) -> str:
    with pytest.raises(InputError) as caught:
        choose(request, layers(*sizes))
    return str(caught.value)


@pytest.mark.parametrize("keep", [F(1, 2), F(3, 10), F(1, 10), F(3, 100)])
@pytest.mark.parametrize("sizes", [(40,), (150, 35), (200,)], ids=str)
def test_the_promise_is_what_was_asked_and_p_is_the_largest_that_keeps_it(keep: F, sizes: tuple[int, ...]) -> None:
    choice = choose(Request(PRUNE, keep=keep), layers(*sizes))
    assert choice.bernoulli is not None
    step = F(1, 10**4 if choice.bernoulli >= F(1, 100) else 10**6)
    assert (choice.bernoulli / step).denominator == 1
    nonzero = [p.staying - (p.units - p.draws) for p in choice.promises]
    for promise, t in zip(choice.promises, nonzero, strict=True):
        assert promise.draws == math.floor(choice.alpha * promise.units)
        assert promise.staying == math.floor(keep * promise.units)
        exact = at_most(t, promise.draws, choice.bernoulli)
        assert F(99, 100) <= promise.probability <= exact
        assert float(promise.probability) == pytest.approx(float(exact), rel=1e-12)
    above = choice.bernoulli + F(1, 10**4 if choice.bernoulli >= F(1, 100) else 10**5)
    assert min(at_most(t, p.draws, above) for p, t in zip(choice.promises, nonzero, strict=True)) < F(99, 100)
    assert choice.probability == math.prod(p.probability for p in choice.promises)


def test_draws_keep_the_promise_as_often_as_it_says() -> None:
    choice = choose(Request(PRUNE, keep=F(1, 2)), layers(60))
    (promise,), p = choice.promises, float(choice.bernoulli or 0)
    counts = [int((draws.uniforms(seed, 0, 1, (promise.draws,)) < p).sum()) for seed in range(2000)]
    exceeded = sum(promise.units - promise.draws + count > promise.staying for count in counts)
    assert 0 < exceeded < 40  # 20 expected at the most


@pytest.mark.parametrize(
    ("keep", "size", "alpha"),
    [
        (F(3, 10), 40_000, F(99, 100)),
        (F(1, 10), 40_000, F(99, 100)),
        (F(1, 50), 40_000, F(998, 1000)),  # unprocessed units are a tenth of what is kept
        (F(1, 10), 10, F(1)),  # nine draws of ten units would all have to come out zero
    ],
    ids=str,
)
def test_alpha_is_the_usual_one_unless_more_is_needed(keep: F, size: int, alpha: F) -> None:
    assert choose(Request(PRUNE, keep=keep), layers(size)).alpha == alpha


def test_alpha_and_bernoulli_alone_promise_the_least_they_can() -> None:
    """The paper's own experiments."""
    choice = choose(Request(PRUNE, alpha=F(9, 10), bernoulli=F(3, 10)), layers(200, 50))
    assert (choice.alpha, choice.bernoulli, choice.requested) == (F(9, 10), F(3, 10), None)
    for promise in choice.promises:
        t = promise.staying - (promise.units - promise.draws)
        assert at_most(t, promise.draws, F(3, 10)) >= F(99, 100) > at_most(t - 1, promise.draws, F(3, 10))


def test_a_given_bernoulli_is_taken_where_it_keeps_the_promise() -> None:
    largest = choose(Request(PRUNE, keep=F(3, 10)), layers(200)).bernoulli
    assert largest is not None
    for given in (largest, largest / 2):
        assert choose(Request(PRUNE, keep=F(3, 10), bernoulli=given), layers(200)).bernoulli == given
    above = largest + F(1, 10**4)  # with alpha = 0.99 too large, with alpha = 1 still possible
    assert choose(Request(PRUNE, keep=F(3, 10), bernoulli=above), layers(200)).alpha == 1


def test_everything_kept_keeps_everything() -> None:
    choice = choose(Request(PRUNE, keep=F(1)), layers(20))
    assert choice.bernoulli == 1 and choice.promises[0].staying == 20


@pytest.mark.parametrize(
    ("request_", "alphas"),
    [
        (Request(Mode.QUANTIZE, levels=7), (F(99, 100), F(35, 35))),
        (Request(Mode.QUANTIZE, levels=7, unquantized=F(1, 10)), (F(9, 10), F(32, 35))),
    ],
    ids=["default", "a tenth"],
)
def test_quantization_takes_the_least_alpha(request_: Request, alphas: tuple[F, F]) -> None:
    for size, alpha in zip((100, 35), alphas, strict=True):
        choice = choose(request_, layers(size))
        assert choice.alpha == alpha
        assert choice.promises[0].staying == size - alpha * size <= (request_.unquantized or F(1, 100)) * size


def test_quantization_with_alpha_alone_promises_what_is_left() -> None:
    choice = choose(Request(Mode.QUANTIZE, levels=7, alpha=F(1, 2)), layers(100))
    assert (choice.requested, choice.promises[0].staying) == (None, 50)


REFUSED = {
    "bernoulli too large": (
        Request(PRUNE, keep=F(3, 10), bernoulli=F(1, 2), alpha=F(99, 100)),
        "layer 1: bernoulli=0.5 with alpha=0.99 promises a kept fraction of 0.585, more than keep=0.3; give a "
        "bernoulli of at most 0.2245, or leave it out",
    ),
    "alpha too small": (
        Request(PRUNE, keep=F(3, 10), alpha=F(1, 2)),
        "layer 1: alpha=0.5 processes 100 of 200 entries, so at least 100 stay, but keep=0.3 allows 60; give an alpha "
        "above 0.7, or leave it out",
    ),
    "nothing kept": (
        Request(PRUNE, keep=F(1, 1000)),
        "layer 1: keep=0.001 leaves none of its 200 entries; give at least 1/200",
    ),
    "nothing processed": (
        Request(PRUNE, alpha=F(1, 1000), bernoulli=F(1, 2)),
        "layer 1: alpha=0.001 processes none of its 200 entries; give at least 1/200",
    ),
    "too much unquantized": (
        Request(Mode.QUANTIZE, levels=3, unquantized=F(1, 10), alpha=F(1, 2)),
        "layer 1: alpha=0.5 leaves 100 of 200 entries as they are, more than unquantized=0.1; raise alpha, or leave it "
        "out",
    ),
}


@pytest.mark.parametrize(("request_", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_refused(request_: Request, message: str) -> None:
    assert refusal(request_, 200) == message


def test_the_advised_bernoulli_is_accepted() -> None:
    assert choose(Request(PRUNE, keep=F(3, 10), bernoulli=F("0.2245"), alpha=F(99, 100)), layers(200))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"keep": F(0)}, "keep=0"),
        ({"keep": F(3, 2)}, "keep=1.5"),
        ({"alpha": F(0), "bernoulli": F(1, 2)}, "alpha=0"),
        ({"keep": F(1, 2), "bernoulli": F(2)}, "bernoulli=2"),
        ({"alpha": F(1, 2)}, "keep, sparsity, levels"),
        ({"keep": F(1, 2), "unquantized": F(1, 2)}, "unquantized=0.5"),
        ({"keep": F(1, 2), "levels": 3}, "levels=3"),
        ({"mode": Mode.QUANTIZE, "levels": 3, "bernoulli": F(1, 2)}, "bernoulli=0.5"),
        ({"mode": Mode.QUANTIZE, "levels": 3, "keep": F(1, 2)}, "keep=0.5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_out_of_range_and_pairs_that_exclude_each_other(fields: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=f"^{word}"):
        Request(**{"mode": PRUNE} | fields)  # type: ignore[arg-type]


def test_units_of_every_mode() -> None:
    dense = [np.ones((4, 3)), np.ones((5, 4))]
    kernels = [np.ones((4, 3, 2, 2)), np.ones((5, 4, 1, 1))]
    sets = LayerSets(frozenset({2}), frozenset({1}))

    def found(mode: Mode, weights: list[np.ndarray]) -> list[tuple[Unit, int]]:  # type: ignore[type-arg]
        return [(layer.unit, layer.units) for layer in counted_layers(mode, sets, weights)]

    assert found(Mode.PRUNE, dense) == [(Unit.ENTRIES, 12), (Unit.ENTRIES, 20)]
    assert found(Mode.QUANTIZE, kernels) == [(Unit.ENTRIES, 48), (Unit.ENTRIES, 20)]
    assert found(Mode.STRUCTURED, dense) == [(Unit.ROWS, 4), (Unit.COLUMNS, 4)]
    assert found(Mode.CONV, kernels) == [(Unit.OUTPUT_FILTERS, 4), (Unit.INPUT_FILTERS, 4)]


def test_staying_units_are_counted_with_their_biases() -> None:
    weight = np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    assert staying_units(Unit.ENTRIES, weight, None) == 1
    assert staying_units(Unit.COLUMNS, weight, np.ones(2)) == 1
    assert staying_units(Unit.ROWS, weight, None) == 1
    assert staying_units(Unit.ROWS, weight, np.array([1.0, 0.0])) == 2
    kernels = np.zeros((2, 3, 2, 2))
    kernels[1, 2, 0, 1] = 1
    assert staying_units(Unit.INPUT_FILTERS, kernels, None) == 1
    assert staying_units(Unit.OUTPUT_FILTERS, kernels, np.repeat([3.0, 0.0], 4)) == 2


def test_a_choice_without_promises_is_certain() -> None:
    assert Choice(F(1), None, None, ()).probability == 1


def test_a_tail_that_cannot_be_bounded_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundcheck.compress.choice.binomial_cdf", lambda allowed, draws, bernoulli: nan_ball())
    for bernoulli in (None, F(1, 100)):
        said = refusal(Request(PRUNE, keep=F(1, 2), bernoulli=bernoulli), 40)
        assert "no keep probability keeps the promise" in said
    given = choose(Request(PRUNE, alpha=F(9, 10), bernoulli=F(3, 10)), layers(40))
    assert given.promises[0].staying == 40 and given.probability == 0
