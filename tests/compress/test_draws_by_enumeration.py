"""What the draws cost, exactly: equalities S1 and S2 of the sharp bounds over all realizations of tiny compressions.

Every unit's uniform number runs through (i + 1/2)/K, so that laws, values and decisions are all those of
boundcheck.draws, while means, variances and errors on the other side are written out here.
"""

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from faulty_draws import half_variance, quantizer, swapped_probability, without_scaling
from instances_of_compression import Points, Wide, bottlenecks_of_entries, bottlenecks_of_rows, wide_layers

from boundcheck import draws


def uniform_grid(units: int, steps: int) -> Iterator[np.ndarray]:
    """All ways in which each of the units can get one of the numbers (i + 1/2)/K; all equally likely."""
    numbers = [Fraction(2 * i + 1, 2 * steps) for i in range(steps)]
    for choice in itertools.product(numbers, repeat=units):
        yield np.array(choice, dtype=object)


def mean_square(points: Points, outputs: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Fraction:
    return sum((q * square(outputs(x, y)) for q, x, y in points), Fraction(0))


def square(v: np.ndarray) -> Fraction:
    return sum((entry * entry for entry in v.flat), Fraction(0))


def error(wide: Wide, values: np.ndarray) -> Fraction:
    """Psi = E||W x - U x'||^2 when the units have these values."""
    U = wide.matrix(values)
    return mean_square(wide.points, lambda x, y: wide.W @ x - U @ y)


def check_fixed_set() -> None:
    """S1 for all sets K: E Psi = ||W(x - x')||^2 + sum over K of Var(h) E||its part of W x'||^2."""
    for wide in wide_layers():
        law = wide.law()
        assert list(law.variance.flat) == wide.variances
        dense = wide.dense_values
        sets = [K for size in range(wide.units + 1) for K in itertools.combinations(range(wide.units), size)]
        totals = dict.fromkeys(sets, Fraction(0))
        memo: dict[tuple[Fraction, ...], Fraction] = {}
        count = 0
        for u in uniform_grid(wide.units, wide.grid):
            count += 1
            realized = law.realize(u.reshape(law.low.shape)).ravel()
            for K in sets:
                values = dense.copy()
                values[list(K)] = realized[list(K)]
                key = tuple(values)
                if key not in memo:
                    memo[key] = error(wide, values)
                totals[K] += memo[key]
        bias = mean_square(wide.points, lambda x, y, W=wide.W: W @ (x - y))
        for K, total in totals.items():
            assert total / count == bias + sum(wide.costs[unit] for unit in K), (wide.name, K)


def check_adaptive_set() -> None:
    """S1 with E over K of the sum, where each pick looks at the earlier draws."""
    for wide in wide_layers():
        for rule in (greedy_pick, pick_by_last_draws):
            law = wide.law()
            psi, cost, picks, count = Fraction(0), Fraction(0), set(), 0
            memo: dict[tuple[Fraction, ...], Fraction] = {}
            for u in uniform_grid(wide.units, wide.grid):
                realized = law.realize(u.reshape(law.low.shape)).ravel()
                values, K = wide.dense_values.copy(), []
                for _ in range(wide.units - 1):
                    K.append(rule(wide, law, values, K, memo))
                    values[K[-1]] = realized[K[-1]]
                psi += error(wide, values)
                cost += sum(wide.costs[unit] for unit in K)
                picks.add(frozenset(K))
                count += 1
            bias = mean_square(wide.points, lambda x, y, W=wide.W: W @ (x - y))
            assert psi / count == bias + cost / count, (wide.name, rule.__name__)
            # greedy scores are constants; the other rule must meet several sets, or nothing adaptive was seen
            assert (len(picks) == 1) == (rule is greedy_pick or wide.p == 1), wide.name


Memo = dict[tuple[Fraction, ...], Fraction]


def remembered_error(wide: Wide, values: np.ndarray, memo: Memo) -> Fraction:
    key = tuple(values)
    if key not in memo:
        memo[key] = error(wide, values)
    return memo[key]


def greedy_pick(wide: Wide, law: draws.Law, values: np.ndarray, K: list[int], memo: Memo) -> int:
    """Algorithm 1's score |E_t Psi(with t) - Psi(now)|, least index first; it is the unit's cost."""
    scores = {}
    for unit in set(range(wide.units)) - set(K):
        after = Fraction(0)
        for value, probability in (
            (law.low.flat[unit], 1 - law.probability.flat[unit]),
            (law.high.flat[unit], law.probability.flat[unit]),
        ):
            after += probability * remembered_error(wide, replaced(values, unit, value), memo)
        scores[unit] = abs(after - remembered_error(wide, values, memo))
        assert scores[unit] == wide.costs[unit]
    return min(scores, key=lambda unit: (scores[unit], unit))


def pick_by_last_draws(wide: Wide, law: draws.Law, values: np.ndarray, K: list[int], memo: Memo) -> int:
    """The first unit left if the draws so far went up in sum, else the last one: does depend on what was drawn."""
    left = sorted(set(range(wide.units)) - set(K))
    return left[0] if sum(values - wide.dense_values) > 0 else left[-1]


def replaced(values: np.ndarray, unit: int, value: Fraction) -> np.ndarray:
    values = values.copy()
    values[unit] = value
    return values


def check_bottleneck_of_rows() -> None:
    """S2 for rows and output filters: ||A - W_2 b||^2 + sum over blocks E||W_{2,:E}(delta_E - b_E)||^2, b = E delta."""
    some_bias = False
    for rows in bottlenecks_of_rows():
        law = rows.law()
        everything = [law.realize(u) for u in uniform_grid(len(rows.blocks), rows.grid)]
        left = sum((rows.error_of_rows(h) for h in everything), Fraction(0)) / len(everything)
        right = Fraction(0)
        for q, x, y in rows.points:
            z = rows.W_1 @ y + rows.bias
            on, off = rows.phi(z / rows.p) - rows.phi(z), rows.phi(z * 0) - rows.phi(z)
            b = rows.p * on + (1 - rows.p) * off
            some_bias |= any(b)
            A = rows.W_2 @ (rows.phi(rows.W_1 @ x + rows.bias) - rows.phi(z))
            spread = Fraction(0)
            for E in rows.blocks:
                for probability, delta in ((rows.p, on), (1 - rows.p, off)):
                    spread += probability * square(rows.W_2[:, E] @ (delta - b)[E])
            right += q * (square(A - rows.W_2 @ b) + spread)
            if all(len(E) == 1 for E in rows.blocks):  # then it is the sum of c_i Var(delta_i)
                c = [square(column) for column in rows.W_2.T]
                variances = rows.p * on**2 + (1 - rows.p) * off**2 - b**2
                assert spread == sum(c * variances)
        assert left == right, rows.name
    assert some_bias


def check_bottleneck_of_entries() -> None:
    """S2 for fixed sets of entries: the changes delta_i are independent, ||A - W_2 b||^2 + sum c_i Var(delta_i)."""
    for block in bottlenecks_of_entries():
        law, shape = block.law(), block.W_1.shape
        for K in block.sets:
            drawn = [
                np.where(K, law.realize(u.reshape(shape)), block.W_1) for u in uniform_grid(block.W_1.size, block.grid)
            ]
            left = sum((block.error(U, block.bias) for U in drawn), Fraction(0)) / len(drawn)
            right = Fraction(0)
            for q, x, y in block.points:
                z = block.W_1 @ y + block.bias
                b, variances = [], []
                for i, row in enumerate(block.W_1):
                    outcomes = block.row_outcomes(i, K[i])
                    delta = [block.phi((w - row) @ y + z[i]) - block.phi(z[i]) for _, w in outcomes]
                    mean = sum(p * d for (p, _), d in zip(outcomes, delta, strict=True))
                    b.append(mean)
                    variances.append(sum(p * (d - mean) ** 2 for (p, _), d in zip(outcomes, delta, strict=True)))
                A = block.W_2 @ (block.phi(block.W_1 @ x + block.bias) - block.phi(z))
                c = [square(column) for column in block.W_2.T]
                right += q * (square(A - block.W_2 @ np.array(b)) + sum(np.array(c) * np.array(variances)))
            assert left == right, block.name


CHECKS = [check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_costs_by_enumeration(check: Callable[[], None]) -> None:
    check()


def test_the_instances_tell_a_block_from_its_columns() -> None:
    """||W_{:,E} x'_E||^2 is not the sum of the columns' squares."""
    for wide in wide_layers():
        if any(len(E) > 1 for E in wide.blocks or []):
            columns = [
                mean_square(wide.points, lambda x, y, W=wide.W, j=j: W[:, j] * y[j]) for j in range(wide.W.shape[1])
            ]
            summed = [v * sum(columns[j] for j in E) for v, E in zip(wide.variances, wide.blocks, strict=True)]
            assert summed != wide.costs and sum(summed) != sum(wide.costs)


# fault: (where, name, what stands there, the checks that must fail)
FAULTS = {
    "1/p forgotten": (
        draws, "pruning_law", without_scaling,
        {check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries},
    ),
    "p for 1 - p": (
        draws, "pruning_law", swapped_probability,
        {check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries},
    ),
    "p for 1 - p when drawn": (
        draws.Law, "realize", lambda law, u: np.where(u < law.probability, law.low, law.high),
        {check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries},
    ),
    "high when above p": (
        draws.Law, "realize", lambda law, u: np.where(u > law.probability, law.high, law.low),
        {check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries},
    ),
    "all units from one number": (
        draws.Law, "realize", lambda law, u: np.where(u.flat[0] < law.probability, law.high, law.low),
        {check_fixed_set, check_adaptive_set, check_bottleneck_of_rows, check_bottleneck_of_entries},
    ),
    "one number for a column": (
        draws.Law, "realize", lambda law, u: np.where(u[:1] < law.probability, law.high, law.low),
        {check_fixed_set, check_bottleneck_of_entries},
    ),
    "floor for ceil": (draws, "quantization_law", quantizer(np.floor), {check_fixed_set, check_bottleneck_of_entries}),
    "M of each row": (
        draws, "quantization_law", quantizer(np.ceil, per_row=True), {check_fixed_set, check_bottleneck_of_entries}
    ),
    "sign lost": (
        draws, "quantization_law", quantizer(np.ceil, signed=False), {check_fixed_set, check_bottleneck_of_entries}
    ),
    "variance halved": (draws.Law, "variance", half_variance, {check_fixed_set}),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_in_the_draws_are_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, faulty, checks = FAULTS[fault]
    monkeypatch.setattr(where, name, faulty)
    for check in checks:
        with pytest.raises(AssertionError):
            check()
