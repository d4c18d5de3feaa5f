"""From the kept fraction asked for to alpha and Bernoulli's p, and what they promise: P(B <= t), enclosed rigorously.

A layer of N units has T = floor(alpha N) draws, of which B ~ Binomial(T, p) come out nonzero whatever is picked, so
that N - T + B units stay. The promise is N - T + t with P(B <= t) >= 0.99. When quantizing, N - T entries stay as they
are. With exact counts every row keeps floor(keep n) of its n entries, or fewer if it has fewer that are not zero.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode, Unit
from boundcheck.exact.ball import lower_rational, rational_text, upper_decimal
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.binomial import binomial_cdf
from boundcheck.network.layer_sets import LayerSets

from .units import unit_axis, unit_of

LEAST_PROBABILITY = Fraction(99, 100)
# The paper's proofs take alpha about 0.99. Units that are not processed all stay, so they may be at most this share of
# what is kept: else p would have to be tiny, and the weights that are left blown up by 1/p.
USUAL_ALPHA = Fraction(99, 100)
LARGEST_UNPROCESSED_SHARE = Fraction(1, 10)
DEFAULT_UNQUANTIZED = Fraction(1, 100)
FEWEST_DIGITS, MOST_DIGITS, SIGNIFICANT = 4, 18, 100


@dataclass(frozen=True)
class Request:
    """What is asked for; None where it is not. Raises InputError for values out of range.

    keep: fraction of a compressed layer's units that may stay nonzero. levels: quantize instead, to 2 levels + 1
    values; unquantized: share of entries that may then stay as they are (0.01 unless alpha is given).
    alpha, bernoulli: fix the draw; both without ``keep`` is a request of its own. draw: with exact counts all of it
    follows from ``keep``.
    """

    mode: Mode
    keep: Fraction | None = None
    levels: int | None = None
    unquantized: Fraction | None = None
    alpha: Fraction | None = None
    bernoulli: Fraction | None = None
    draw: DrawKind = DrawKind.INDEPENDENT

    def __post_init__(self) -> None:
        _in_unit("keep", self.keep, "0.3 keeps 30% of the weights")
        _in_unit("unquantized", self.unquantized, "0.01 leaves 1% of the entries as they are")
        _in_unit("alpha", self.alpha, "0.99 processes 99% of a layer")
        _in_unit("bernoulli", self.bernoulli, "0.3 keeps 30% of the draws")
        if self.draw is DrawKind.EXACT_COUNTS:
            self._check_exact_counts()
        if self.mode.prunes:
            self._check_pruning()
        elif self.levels is None:
            raise InputError("levels: not given; quantization needs them, for example levels=15")
        for name, value in (("keep", self.keep), ("bernoulli", self.bernoulli)):
            if value is not None and not self.mode.prunes:
                raise InputError(
                    f"{name}={rational_text(value)} belongs to pruning, not to levels={self.levels}; drop it"
                )

    def _check_exact_counts(self) -> None:
        if self.mode is not Mode.PRUNE:
            other = f"levels={self.levels}" if self.levels is not None else f"mode={self.mode}"
            raise InputError(
                f"draw={self.draw}: keeps a number of single weights in every row, and {other} does not; give keep "
                "alone, or drop --draw"
            )
        for name, value in (("bernoulli", self.bernoulli), ("alpha", self.alpha)):
            if value is not None:
                raise InputError(
                    f"{name}={rational_text(value)}: follows from draw={self.draw}, which draws all weights and keeps "
                    "as many as keep says; drop one of the two"
                )
        if self.keep is None and self.levels is None:
            raise InputError(f"draw={self.draw}: needs keep or sparsity; say how much to keep, for example --keep 0.3")

    def _check_pruning(self) -> None:
        if self.levels is not None:
            raise InputError(
                f"levels={self.levels}: quantization replaces single weights, and mode={self.mode} prunes; give keep"
            )
        if self.unquantized is not None:
            raise InputError(f"unquantized={rational_text(self.unquantized)} belongs to quantization; drop it")
        if self.keep is None and (self.alpha is None or self.bernoulli is None):
            raise InputError(
                "keep, sparsity, levels: none is given; say how much to compress, for example --keep 0.3, or give both "
                "--alpha and --bernoulli"
            )


@dataclass(frozen=True)
class Promise:
    """At most ``staying`` of a layer's units stay, with at least this ``probability`` over the draws."""

    layer: int
    unit: Unit
    units: int
    draws: int
    staying: int
    probability: Fraction

    @property
    def share(self) -> Fraction:
        """The promised fraction of the layer's units."""
        return Fraction(self.staying, self.units)


@dataclass(frozen=True)
class Choice:
    """The draw, common to all compressed layers, and what it promises in each; ``requested`` None: nothing was."""

    alpha: Fraction
    bernoulli: Fraction | None
    requested: Fraction | None
    promises: tuple[Promise, ...]

    @property
    def probability(self) -> Fraction:
        """Lower bound on the probability that every layer's promise is kept: the layers' draws are independent."""
        return math.prod((promise.probability for promise in self.promises), start=Fraction(1))


@dataclass(frozen=True)
class Counted:
    """A compressed layer as the choice sees it: its number, what is drawn there, and how many of them there are.

    columns: how many entries every row of its weight has.
    """

    layer: int
    unit: Unit
    units: int
    columns: int


def counted_layers(mode: Mode, sets: LayerSets, weights: Sequence[Matrix]) -> list[Counted]:
    """The compressed layers of a network with these weights, in order."""
    found = []
    for number in sorted(sets.wide | sets.bottleneck):
        unit, weight = unit_of(mode, number in sets.wide), weights[number - 1]
        axis = unit_axis(unit)
        units = weight.size if axis is None else weight.shape[axis]
        found.append(Counted(number, unit, units, weight[0].size))
    return found


def staying_units(unit: Unit, weight: Matrix, bias: Matrix | None) -> int:
    """How many units of this weight are not zero; a row or output filter counts with its bias."""
    axis = unit_axis(unit)
    if axis is None:
        return int(np.count_nonzero(weight))
    by_unit = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1)
    if axis == 0 and bias is not None:  # a convolution's bias has one entry per place
        by_unit = np.hstack([by_unit, bias.reshape(len(by_unit), -1)])
    return int(np.count_nonzero(by_unit.any(axis=1)))


def choose(request: Request, layers: Sequence[Counted]) -> Choice:
    """alpha and Bernoulli's p that promise what is requested in every layer, or what the given ones promise.

    Left out, alpha is 0.99 as in the paper's proofs, more where the request or a small layer forces it, and p the
    largest short decimal that keeps the promise. Raises InputError if the given values cannot keep it.
    """
    if not request.mode.prunes:
        return _choose_quantization(request, layers)
    if request.draw is DrawKind.EXACT_COUNTS:
        assert request.keep is not None
        return Choice(Fraction(1), None, request.keep, tuple(_counted_exactly(one, request.keep) for one in layers))
    if request.keep is None:
        assert request.alpha is not None and request.bernoulli is not None
        return choice_at(request, layers, request.alpha, request.bernoulli)
    alpha = _alpha(request, layers)
    allowed = [_allowed(layer, alpha, request.keep) for layer in layers]
    pairs = [(t, _draws(layer, alpha)) for t, layer in zip(allowed, layers, strict=True)]
    if request.bernoulli is not None and not _kept(pairs, request.bernoulli):
        _refuse_bernoulli(request, layers, pairs, alpha)
    bernoulli = request.bernoulli or _largest_bernoulli(pairs)
    return choice_at(request, layers, alpha, bernoulli)


def kept_per_row(keep: Fraction, layer: int, columns: int) -> int:
    """t: how many of a row's entries stay with exact counts. Raises InputError if none would."""
    kept = math.floor(keep * columns)
    if kept < 1:
        raise InputError(
            f"layer {layer}: keep={rational_text(keep)} leaves none of the {columns} entries of a row, and exact "
            f"counts need one; give at least 1/{columns}"
        )
    return kept


def _counted_exactly(layer: Counted, keep: Fraction) -> Promise:
    staying = layer.units // layer.columns * kept_per_row(keep, layer.layer, layer.columns)
    return Promise(layer.layer, layer.unit, layer.units, layer.units, staying, Fraction(1))


def choice_at(request: Request, layers: Sequence[Counted], alpha: Fraction, bernoulli: Fraction) -> Choice:
    """What a pruning draw with these parameters promises."""
    promises = tuple(_promise(layer, alpha, bernoulli, request.keep) for layer in layers)
    return Choice(alpha, bernoulli, request.keep, promises)


def _promise(layer: Counted, alpha: Fraction, bernoulli: Fraction, keep: Fraction | None) -> Promise:
    """What is asked for where that is kept, else the least number with probability 0.99."""
    draws = _draws(layer, alpha)
    if keep is None:
        nonzero = _least(lambda t: _probability(t, draws, bernoulli) >= LEAST_PROBABILITY, draws)
    else:
        nonzero = _allowed(layer, alpha, keep)
    probability = _probability(nonzero, draws, bernoulli)
    return Promise(layer.layer, layer.unit, layer.units, draws, layer.units - draws + nonzero, probability)


def _alpha(request: Request, layers: Sequence[Counted]) -> Fraction:
    """As given; else the usual one, or 1 where the usual one lets no draw come out nonzero or meets no given p."""
    assert request.keep is not None
    for layer in layers:
        if math.floor(request.keep * layer.units) < 1:
            raise InputError(
                f"layer {layer.layer}: keep={rational_text(request.keep)} leaves none of its {layer.units} "
                f"{layer.unit}; give at least 1/{layer.units}"
            )
    if request.alpha is not None:
        for layer in layers:
            _refuse_alpha_below(layer, request.alpha, request.keep)
        return request.alpha
    usual = max(USUAL_ALPHA, 1 - request.keep * LARGEST_UNPROCESSED_SHARE)
    pairs = [(_allowed(layer, usual, request.keep), _draws(layer, usual)) for layer in layers]
    is_enough = all(t >= 1 for t, _ in pairs) and (request.bernoulli is None or _kept(pairs, request.bernoulli))
    return usual if is_enough else Fraction(1)


def _refuse_alpha_below(layer: Counted, alpha: Fraction, keep: Fraction) -> None:
    draws, most = _draws(layer, alpha), math.floor(keep * layer.units)
    if layer.units - draws > most:
        raise InputError(
            f"layer {layer.layer}: alpha={rational_text(alpha)} processes {draws} of {layer.units} {layer.unit}, so at "
            f"least {layer.units - draws} stay, but keep={rational_text(keep)} allows {most}; give an alpha above "
            f"{rational_text(1 - keep)}, or leave it out"
        )


def _refuse_bernoulli(
    request: Request, layers: Sequence[Counted], pairs: Sequence[tuple[int, int]], alpha: Fraction
) -> None:
    assert request.bernoulli is not None and request.keep is not None
    found = [_promise(layer, alpha, request.bernoulli, None) for layer in layers]
    worst = max(found, key=lambda promise: promise.share)
    raise InputError(
        f"layer {worst.layer}: bernoulli={rational_text(request.bernoulli)} with alpha={rational_text(alpha)} promises "
        f"a kept fraction of {upper_decimal(worst.share, 4)}, more than keep={rational_text(request.keep)}; give a "
        f"bernoulli of at most {rational_text(_largest_bernoulli(pairs))}, or leave it out"
    )


def _choose_quantization(request: Request, layers: Sequence[Counted]) -> Choice:
    """The least alpha that leaves at most the requested share in every layer, unless alpha is given."""
    requested = request.unquantized
    if requested is None and request.alpha is None:
        requested = DEFAULT_UNQUANTIZED
    alpha = request.alpha
    if alpha is None:
        assert requested is not None
        alpha = max(Fraction(math.ceil((1 - requested) * layer.units), layer.units) for layer in layers)
    promises = []
    for layer in layers:
        draws = _draws(layer, alpha)
        left = layer.units - draws
        if requested is not None and left > requested * layer.units:
            raise InputError(
                f"layer {layer.layer}: alpha={rational_text(alpha)} leaves {left} of {layer.units} entries as they "
                f"are, more than unquantized={rational_text(requested)}; raise alpha, or leave it out"
            )
        promises.append(Promise(layer.layer, layer.unit, layer.units, draws, left, Fraction(1)))
    return Choice(alpha, None, requested, tuple(promises))


def _draws(layer: Counted, alpha: Fraction) -> int:
    draws = math.floor(alpha * layer.units)
    if draws < 1:
        raise InputError(
            f"layer {layer.layer}: alpha={rational_text(alpha)} processes none of its {layer.units} {layer.unit}; "
            f"give at least 1/{layer.units}"
        )
    return draws


def _allowed(layer: Counted, alpha: Fraction, keep: Fraction) -> int:
    """t: how many draws may come out nonzero; negative if more than is to be kept is not even processed."""
    return math.floor(keep * layer.units) - (layer.units - _draws(layer, alpha))


def _probability(allowed: int, draws: int, bernoulli: Fraction) -> Fraction:
    """A lower bound on P(B <= allowed)."""
    return lower_rational(binomial_cdf(allowed, draws, bernoulli)) or Fraction(0)


def _kept(pairs: Sequence[tuple[int, int]], bernoulli: Fraction) -> bool:
    return all(_probability(t, draws, bernoulli) >= LEAST_PROBABILITY for t, draws in pairs)


def _largest_bernoulli(pairs: Sequence[tuple[int, int]]) -> Fraction:
    """The largest decimal of so many digits with which every layer keeps its promise."""
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        scale = 10**digits
        failing = _least(lambda n, scale=scale: n > 0 and not _kept(pairs, Fraction(n, scale)), scale + 1)  # type: ignore[misc]
        if failing > SIGNIFICANT:
            return Fraction(failing - 1, scale)
    raise InputError("keep: no keep probability keeps the promise in the largest layer; raise --keep")


def _least(holds: Callable[[int], bool], most: int) -> int:
    """The least number from 0 for which ``holds`` is true; ``most`` if it is for none below that."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _in_unit(name: str, value: Fraction | None, meaning: str) -> None:
    if value is not None and not 0 < value <= 1:
        text = rational_text(value)
        raise InputError(f"{name}={text[:20]}: expected a fraction in (0, 1]; {meaning}")
