"""The sharp bounds for one layer against laws and tiny layers that are enumerated outright, in exact rationals."""

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from statement_formulas import at, claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import exact_value

Law = list[tuple[Fraction, Fraction]]
Matrix = list[list[Fraction]]
ORDERS = {"variance": 2, "third": 3, "fourth": 4, "sixth": 6}
F = Fraction


def right_side(relation: Any, **numbers: Fraction) -> Any:
    """The right side of a claim with numbers for its symbols, given by name."""
    return exact_value(relation.rhs, {s: numbers[s.name] for s in relation.rhs.free_symbols})


def pruned(w: Fraction, p: Fraction) -> Law:
    return [(p, w / p), (1 - p, F(0))]


def rounded(w: Fraction, largest: Fraction, k: int) -> Law:
    """As the paper defines the quantizer: |w| is rounded, and the sign put back."""
    level = max(1, math.ceil(k * abs(w) / largest))
    up, sign = 1 - level + k * abs(w) / largest, 1 if w >= 0 else -1
    return [(up, sign * level * largest / k), (1 - up, sign * (level - 1) * largest / k)]


@pytest.mark.parametrize("w", [F(-1), F(-2, 5), F(-1, 3), F(0), F(1, 7), F(1, 2), F(3, 4), F(1)])
def test_moments_of_a_draw(w: Fraction) -> None:
    for name, order in ORDERS.items():
        for p in (F(1, 5), F(1, 2), F(1)):
            moment = sum(q * (h - w) ** order for q, h in pruned(w, p))
            assert right_side(claim("sharp-variance-of-a-draw", f"pruned-{name}"), w=w, p=p) == moment
        for k in (1, 2, 3, 5):
            moment = sum(q * (h - w) ** order for q, h in rounded(w, F(1), k))
            found = right_side(claim("sharp-variance-of-a-draw", f"quantized-{name}"), w=w, M=F(1), k=F(k))
            assert found == moment, (name, k)


def row_variance(terms: list[Fraction], left: int) -> Fraction:
    """Variance of the sum of (b_j - 1) a_j over all ways to keep so many of the terms."""
    ways = list(itertools.combinations(terms, left))
    scale = F(len(terms), left)
    return sum((scale * sum(kept) - sum(terms)) ** 2 for kept in ways) / len(ways)


@pytest.mark.parametrize("terms", [[1, 2], [3, -1, 2], [1, 1, 1, 1], [F(1, 2), -2, 0, 3, F(5, 3)]])
def test_variance_of_a_row_with_exact_counts(terms: list[Fraction]) -> None:
    for left in range(1, len(terms) + 1):
        numbers = {
            **{"T": F(len(terms)), "t": F(left), "sum_j w_j x_j": F(sum(terms))},
            **{"sum_j (w_j x_j)^2": F(sum(a * a for a in terms)), "v": row_variance(list(map(F, terms)), left)},
        }
        assert right_side(claim("sharp-exact-counts", "variance", "corrected"), **numbers) == numbers["v"]
        assert at(claim("sharp-exact-counts", "bound", "corrected"), **numbers) is Verdict.HOLDS


W: Matrix = [[F(3), F(-1)], [F(1, 2), F(2)]]
X, X_COMPRESSED = (F(1), F(2)), (F(3, 2), F(1))
P = F(1, 3)


def squared(u: Matrix, v: Matrix, x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> Fraction:
    """||u x - v y||^2."""
    return sum(
        (sum(a * b for a, b in zip(r, x, strict=True)) - sum(a * b for a, b in zip(s, y, strict=True))) ** 2
        for r, s in zip(u, v, strict=True)
    )  # type: ignore[return-value]


def adaptive(u: Matrix, drawn: frozenset[tuple[int, int]], left: int) -> tuple[Fraction, Fraction]:
    """E ||W x - U x'||^2 and the mean cost of draws whose next entry depends on what the last ones gave."""
    if not left:
        return squared(W, u, X, X_COMPRESSED), F(0)
    open_entries = [(i, j) for i in (0, 1) for j in (0, 1) if (i, j) not in drawn]
    i, j = open_entries[0] if sum(map(sum, u)) > 4 else open_entries[-1]
    error, cost = F(0), (1 - P) / P * W[i][j] ** 2 * X_COMPRESSED[j] ** 2
    for probability, value in pruned(W[i][j], P):
        changed = [list(row) for row in u]
        changed[i][j] = value
        further = adaptive(changed, drawn | {(i, j)}, left - 1)
        error, cost = error + probability * further[0], cost + probability * further[1]
    return error, cost


def test_the_error_of_one_layer_is_an_equality_also_for_adaptive_draws() -> None:
    for draws in range(5):
        error, cost = adaptive(W, frozenset(), draws)
        numbers = {"E||W (x - x')||^2": squared(W, W, X, X_COMPRESSED), "sum_K Var(h_ij) E x'_j^2": cost}
        assert right_side(claim("sharp-one-layer-error", "error"), **numbers) == error


def block_error(h_law: Law) -> Fraction:
    """E||W x - h W x||^2 where both columns share h."""
    return sum(q * squared(W, [[h * w for w in row] for row in W], X, X) for q, h in h_law)  # type: ignore[return-value]


def test_columns_drawn_together_add_up_before_they_are_squared() -> None:
    spread = (1 - P) / P
    image = spread * squared(W, [[F(0)] * 2] * 2, X, X)
    by_columns = spread * sum(row[j] ** 2 * X[j] ** 2 for row in W for j in (0, 1))
    error = block_error(pruned(F(1), P))
    names = {"corrected": "sum_E Var(h_E) E||W_E x'_E||^2", "printed": "sum_E Var(h_E) sum_j E||W_:j x'_j||^2"}
    found = {
        form: right_side(
            claim("sharp-columns-error", "error", form),
            **{"E||W (x - x')||^2": F(0), name: image if form == "corrected" else by_columns},
        )
        for form, name in names.items()
    }
    assert found["corrected"] == error != found["printed"]


def realizations(processed: list[tuple[int, int]]) -> Iterator[tuple[Matrix, int]]:
    """Every layer that the draws can give, with its number of nonzero draws."""
    for coins in itertools.product((0, 1), repeat=len(processed)):
        u = [list(row) for row in W]
        for (i, j), coin in zip(processed, coins, strict=True):
            u[i][j] *= coin / P
        yield u, sum(coins)


@pytest.mark.parametrize("alpha", [F(1, 2), F(3, 4), F(1)])
def test_some_realization_is_as_sparse_and_as_near_as_stated(alpha: Fraction) -> None:
    cost = {(i, j): W[i][j] ** 2 * X_COMPRESSED[j] ** 2 for i in (0, 1) for j in (0, 1)}
    processed = sorted(cost, key=cost.__getitem__)[: math.floor(alpha * 4)]
    epsilon, gamma = F(2), F(1, 2)
    allowed = math.floor((1 + gamma) * P * len(processed))
    likely = sum(P**n * (1 - P) ** (len(processed) - n) * math.comb(len(processed), n) for n in range(allowed + 1))
    assert 1 - likely <= epsilon / (1 + epsilon)
    least = min(squared(W, u, X, X_COMPRESSED) for u, nonzero in realizations(processed) if nonzero <= allowed)
    numbers = {
        # Upper bounds of norms, which need not be exact: Frobenius norms and sums of absolute values.
        **{"n_1": F(2), "n_2": F(2), "sigma_1": F(4), "L": F(1), "theta": F(2), "||W_1||_col": F(13, 4)},
        **{"alpha": alpha, "p": P, "gamma": gamma, "epsilon": epsilon, "E||Psi||^2": least},
        **{"E||x - x'||^2": (X[0] - X_COMPRESSED[0]) ** 2 + (X[1] - X_COMPRESSED[1]) ** 2},
        "||M||_0 / (n_1 n_2)": F(4 - len(processed) + allowed, 4),
    }
    for name in ("error", "kept"):
        assert at(claim("sharp-wide-layer-pruned", name), **numbers) is Verdict.HOLDS


@pytest.mark.parametrize("draws", range(13))
def test_the_binomial_median_that_is_cited(draws: int) -> None:
    for p in (F(1, 10), F(1, 3), F(1, 2), F(7, 10), F(99, 100), F(1)):
        most = math.ceil(p * draws)
        below = sum(p**n * (1 - p) ** (draws - n) * math.comb(draws, n) for n in range(most + 1))
        assert below >= F(1, 2)
        value = claim("sharp-one-realization", "twice")
        assert at(value, **{"f(b)": 1 / below, "E f(b)": F(1)}) is Verdict.HOLDS


def test_the_least_scores_add_up_to_at_most_their_share() -> None:
    for scores in itertools.combinations_with_replacement((F(0), F(1), F(3), F(7)), 4):
        for alpha in (F(1, 8), F(1, 4), F(3, 8), F(1, 2), F(2, 3), F(3, 4), F(9, 10), F(1)):
            taken = sum(sorted(scores)[: math.floor(alpha * 4)], F(0))
            numbers = {"sum of the least": taken, "sum of all": sum(scores, F(0)), "alpha": alpha}
            assert at(claim("sharp-least-scores", "sum"), **numbers) is Verdict.HOLDS
