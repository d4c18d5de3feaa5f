"""The theorems' width conditions give what their proofs use: at widths that just meet them, the propositions' errors
stay within the constants that the induction is run with. Printed (20) does not, for c_1 < 1: the corrected one does.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest
import sympy
from flint import arb
from proof_files import proof_module

from boundcheck.core.statement import Statement, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less_equal, lower_rational, upper_rational
from boundcheck.exact.evaluate import decide, evaluate
from boundcheck.library import library

s = proof_module("notation")
GROWTH = s.growth(2 * s.delta)


@dataclass(frozen=True)
class Point:
    """Constants of a network and of the draw, and the room delta."""

    c_1: Fraction
    c_2: Fraction
    alpha: Fraction
    draw: Fraction  # p when pruning, k when quantizing
    delta: Fraction
    layer: int

    def values(self, mode: str) -> dict[sympy.Symbol, Fraction]:
        values = {
            s.c_1: self.c_1,
            s.c_2: self.c_2,
            s.alpha: self.alpha,
            s.layer: Fraction(self.layer),
            s.delta: self.delta,
        }
        return values | {(s.p if mode == "prune" else s.k): self.draw}


def points(mode: str, seed: int, count: int) -> Iterator[Point]:
    rng = random.Random(seed)
    for _ in range(count):
        yield Point(
            c_1=rng.choice([Fraction(1, 3), Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(3, 2), Fraction(4)]),
            c_2=rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(1), Fraction(3), Fraction(20)]),
            alpha=rng.choice([Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]),
            draw=rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
            if mode == "prune"
            else Fraction(rng.randint(1, 9)),
            delta=rng.choice([Fraction(1, 1000), Fraction(1, 50), Fraction(1, 5)]),
            layer=rng.randint(1, 4),
        )


def limit(variant: Variant, condition: str, values: dict[sympy.Symbol, Fraction]) -> Fraction:
    """The right side of a width condition, rounded down."""
    relation = next(a.relation for a in variant.assumptions if a.id == condition)
    bound = lower_rational(evaluate(relation.rhs, values))
    assert bound is not None and bound > 0
    return bound


def block_widths(variant: Variant, values: dict[sympy.Symbol, Fraction]) -> tuple[int, int] | None:
    """(n_{l+1}, n_{l+2}) that just meet the bottleneck's two conditions; None if n_{l+2} would be zero."""
    inner = math.ceil(1 / limit(variant, "bottleneck-width", values) ** 2)
    outer = math.floor(inner * limit(variant, "bottleneck-ratio", values))
    # A wider block meets (15) with a positive n_{l+2} where the least one does not.
    if outer == 0:
        inner, outer = max(inner, math.ceil(1 / limit(variant, "bottleneck-ratio", values))), 1
    return inner, outer


def added_and_amplified(
    proposition: Statement, point: Point, mode: str, widths: tuple[int, int], distance: Fraction
) -> arb:
    """Right side of the two-layer proposition at epsilon = 0 for these widths, norms as large as (10), (11) allow."""
    inner, outer = widths
    variant = proposition.variant("corrected")
    claim = variant.claim("error")
    nu_1 = ball(point.c_2) / ball(inner).sqrt()
    nu_2 = ball(point.c_2) / ball(max(inner, outer)).sqrt()
    values = {
        s.n_1: 1, s.n_2: inner, s.n_3: outer, s.sigma_1: point.c_1, s.sigma_2: point.c_1, s.nu_1: nu_1, s.nu_2: nu_2,
        s.theta: point.c_1 ** (point.layer - 1), s.alpha: point.alpha, s.epsilon: Fraction(0), s.distance: distance,
        (s.p if mode == "prune" else s.k): point.draw,
    }  # fmt: skip
    return sum((evaluate(variant.expand(term.expression), values) for term in claim.terms), ball(0))


THEOREMS = {
    "prune": ("theorem-2", "proposition-22", "proposition-19"),
    "quantize": ("theorem-3", "proposition-21", "proposition-18"),
}


def block_fits(variant: Variant, mode: str, point: Point) -> bool:
    """Whether e_3 and e_4 of the proof cover the block at the narrowest widths.

    f(Lambda) omega <= 5 f(2 delta) c_1^{2(l+1)}, and a factor of at most (1 + f(2 delta)) c_1^4 on the error before.
    """
    values = point.values(mode)
    proposition = library().find(THEOREMS[mode][1])
    widths = block_widths(variant, values)
    assert widths is not None
    added = added_and_amplified(proposition, point, mode, widths, Fraction(0))
    amplified = added_and_amplified(proposition, point, mode, widths, Fraction(1)) - added
    growth = evaluate(GROWTH, values)
    room = 5 * growth * ball(point.c_1 ** (2 * (point.layer + 1)))
    factor = (1 + growth) * ball(point.c_1**4)
    return Verdict.FAILS not in (
        less_equal(added, room),
        less_equal(amplified, factor * (1 + ball(Fraction(1, 10**20)))),
    )


@pytest.mark.parametrize("mode", ["prune", "quantize"])
def test_the_corrected_conditions_cover_the_block(mode: str) -> None:
    variant = library().find(THEOREMS[mode][0]).variant("corrected")
    found = list(points(mode, seed=1, count=300))
    assert [point for point in found if not block_fits(variant, mode, point)] == []
    # They are not far from needed either: with four times the entries some block no longer fits.
    wider = [Point(p.c_1, 2 * p.c_2, p.alpha, p.draw, p.delta, p.layer) for p in found]
    loose = sum(not fits_at_widths_of(variant, mode, p, q) for p, q in zip(found, wider, strict=True))
    assert loose > 0


def fits_at_widths_of(variant: Variant, mode: str, point: Point, other: Point) -> bool:
    """The block at the widths of ``point``, with the constants of ``other``."""
    widths = block_widths(variant, point.values(mode))
    assert widths is not None
    added = added_and_amplified(library().find(THEOREMS[mode][1]), other, mode, widths, Fraction(0))
    room = 5 * evaluate(GROWTH, point.values(mode)) * ball(point.c_1 ** (2 * (point.layer + 1)))
    return less_equal(added, room) is not Verdict.FAILS


@pytest.mark.parametrize("mode", ["prune", "quantize"])
def test_the_wide_condition_covers_the_layer(mode: str) -> None:
    """t = 2 alpha kappa^2 phi^2 nu^2 n_{l+1} / (1 - alpha) <= 2 c_1^{2l} delta."""
    variant = library().find(THEOREMS[mode][0]).variant("corrected")
    claim = library().find(THEOREMS[mode][2]).variant("corrected").claim("error")
    added = next(term.expression for term in claim.terms if term.name == "second order")
    for point in points(mode, seed=2, count=200):
        values = point.values(mode)
        ratio = limit(variant, "wide-ratio", values)
        n_in = max(10**6, math.ceil(1 / ratio))
        n_out = math.floor(ratio * n_in)
        nu = ball(point.c_2) / ball(max(n_in, n_out)).sqrt()
        at = values | {
            s.n_1: n_in, s.n_2: n_out, s.nu_1: nu, s.theta: point.c_1 ** (point.layer - 1), s.epsilon: Fraction(0)
        }  # fmt: skip
        value, room = evaluate(added, at), 2 * point.c_1 ** (2 * point.layer) * point.delta
        assert less_equal(value, room) is not Verdict.FAILS
        if n_out < n_in:  # nu is as large as the proof takes it, so the condition is used up
            assert upper_rational(value) >= room * Fraction(99, 100) * Fraction(n_out, n_out + 1)


def test_printed_20_does_not_cover_blocks_with_small_operator_norms() -> None:
    """max(1, c_1^4) instead of max(1, c_1^-4): violated for c_1 < 1, and for c_1 < 1 only."""
    printed = library().find("theorem-3").variant("printed")
    wrong = [p for p in points("quantize", seed=1, count=300) if not block_fits(printed, "quantize", p)]
    assert wrong
    assert all(point.c_1 < 1 for point in wrong)


def test_the_loss_bound_is_cauchy_schwarz() -> None:
    """(18) at random rational points with rational roots: L + 2 sqrt(e L) + e is (sqrt L + sqrt e)^2."""
    relation = library().find("theorem-2").variant("corrected").claim("loss").relation
    for root_loss, root_error in [(2, 3), (0, 5), (7, 0), (1, 1)]:
        values = {s.loss_dense: Fraction(root_loss**2), s.error_network: Fraction(root_error**2)}
        exact = values | {s.loss_compressed: Fraction((root_loss + root_error) ** 2)}
        assert decide(relation, exact) is Verdict.HOLDS
        above = values | {s.loss_compressed: Fraction((root_loss + root_error) ** 2) + Fraction(1, 10**9)}
        assert decide(relation, above) is Verdict.FAILS
