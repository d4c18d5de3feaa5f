"""Exact oracle: enumerate every realization of the random compression of one matrix, with no help from boundcheck.

Implements Algorithm 1 on a single layer as the paper's Propositions 18-23 analyse it (PMLR 336:2200-2258, section 2
and appendix E): T = floor(alpha N) of the N entries of W_1 are replaced, one after the other, by unbiased draws.

Numbers are exact `Fraction`s wherever they are rational. They are `arb` balls at 128 bits, which contain the true
value, only where a tanh or the norm inside an active projection enters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from flint import arb, ctx
from instances import Instance

Number = Fraction | arb
State = tuple[int, ...]  # per entry, row by row: 0 untouched, o + 1 replaced by its outcome number o
Distribution = list[tuple[Fraction, State]]

PRECISION_BITS = 128


class Outcome(NamedTuple):
    """One possible value of a compressed entry; `kept` says whether its mask entry is nonzero."""

    probability: Fraction
    value: Fraction
    kept: bool


class Realization(NamedTuple):
    """One realization of all draws: its probability, ||M||_0 of its mask, and its error Pi^kappa."""

    probability: Fraction
    kept_count: int
    pi: Number


@dataclass(frozen=True)
class OracleResult:
    """Expectations over all realizations, for the proof's picks and for Algorithm 1's own (adaptive) picks.

    `picked_proof` lists the entries (i, j), from 0, in the order in which the proof picks them. `kept_count` is
    N - T plus the number of nonzero Bernoulli draws when pruning, and N - T, the unquantized entries, when quantizing.
    """

    expectation_psi_proof: Number
    expectation_pi_proof: Number
    expectation_psi_algorithm: Number
    expectation_pi_algorithm: Number
    realizations_proof: list[Realization]
    picked_proof: tuple[tuple[int, int], ...]

    def least_pi(self, kept_limit: int | None = None) -> Number | None:
        """Least Pi^kappa among the proof's realizations with kept_count <= kept_limit (None: all); None if none has."""
        errors = [r.pi for r in self.realizations_proof if kept_limit is None or r.kept_count <= kept_limit]
        if not errors or all(isinstance(error, Fraction) for error in errors):
            return min(errors, default=None)
        with ctx.workprec(PRECISION_BITS):
            least = ball(errors[0])
            for error in errors[1:]:
                least = arb.min(least, ball(error))
            return least


def oracle(instance: Instance) -> OracleResult:
    """Enumerate all realizations of the instance's compression; 2^T of them at most."""
    with ctx.workprec(PRECISION_BITS):
        losses = Losses(instance)
        untouched: Distribution = [(Fraction(1), (0,) * instance.entries)]
        proof, algorithm = untouched, untouched
        picked = []
        for _ in range(instance.draws):
            picked.append(losses.best_entry(proof))  # the proof averages over all earlier draws: one pick for all
            proof = [child for node in proof for child in losses.draw(node, picked[-1])]
            algorithm = [
                child
                for probability, state in algorithm  # Algorithm 1 sees its earlier draws: a pick for each state
                for child in losses.draw((probability, state), losses.best_entry([(Fraction(1), state)]))
            ]
        return OracleResult(
            expectation_psi_proof=losses.expected_psi(proof),
            expectation_pi_proof=losses.expected_pi(proof),
            expectation_psi_algorithm=losses.expected_psi(algorithm),
            expectation_pi_algorithm=losses.expected_pi(algorithm),
            realizations_proof=[Realization(p, losses.kept_count(state), losses.pi(state)) for p, state in proof],
            picked_proof=tuple(divmod(entry, len(instance.W1[0])) for entry in picked),
        )


def pruning_outcomes(w: Fraction, p: Fraction) -> list[Outcome]:
    """w Bernoulli(p) / p. The two outcomes differ in the mask even where w = 0."""
    return [Outcome(1 - p, Fraction(0), False), Outcome(p, w / p, True)]


def quantizer_outcomes(w: Fraction, M: Fraction, k: int) -> list[Outcome]:
    """The stochastic quantizer q(w; M, k) of the paper's section 2, without outcomes of probability zero."""
    if not abs(w) <= M or M == 0:
        raise ValueError(f"quantizer: w={w}, M={M}: expected |w| <= M and M > 0")
    level = min(ell for ell in range(1, k + 1) if abs(w) <= Fraction(ell, k) * M)
    sign = 1 if w >= 0 else -1
    upper = 1 - level + k * abs(w) / M
    outcomes = [
        Outcome(upper, sign * Fraction(level, k) * M, False),
        Outcome(1 - upper, sign * Fraction(level - 1, k) * M, False),
    ]
    return [outcome for outcome in outcomes if outcome.probability != 0]


def entry_outcomes(instance: Instance) -> list[list[Outcome]]:
    """The outcomes of every entry of W_1, row by row."""
    weights = [w for row in instance.W1 for w in row]
    if instance.mode == "prune":
        return [pruning_outcomes(w, instance.p) for w in weights]
    largest = max(abs(w) for w in weights)
    return [quantizer_outcomes(w, largest, instance.k) for w in weights]


class Losses:
    """Psi and Pi^kappa of any partly compressed W_1, memoized."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.outcomes = entry_outcomes(instance)
        self._row_memo: dict[tuple[int, State], list[list[Number]]] = {}
        self._psi_memo: dict[State, Number] = {}
        self._dense = self._combine([self._row_terms(i, row, dense=True) for i, row in enumerate(instance.W1)])

    def psi(self, state: State) -> Number:
        """E||W_1 x - A x'||^2, or E||W_2 phi_1(W_1 x) - W_2 phi_1(A x')||^2 with two layers."""
        if state not in self._psi_memo:
            outputs = self._outputs(state)
            self._psi_memo[state] = self._mean(map(squared_distance, self._dense, outputs))
        return self._psi_memo[state]

    def pi(self, state: State) -> Number:
        """The error after the last activation and the projection onto the ball of radius kappa."""
        phi = ACTIVATIONS[self.instance.activations[-1]]
        errors = []
        for dense, output in zip(self._dense, self._outputs(state), strict=True):
            errors.append(projected_squared_distance([*map(phi, dense)], [*map(phi, output)], self.instance.kappa))
        return self._mean(errors)

    def kept_count(self, state: State) -> int:
        """||M||_0: untouched entries have mask 1, pruned ones 0 or 1/p."""
        return sum(o == 0 or self.outcomes[entry][o - 1].kept for entry, o in enumerate(state))

    def expected_psi(self, distribution: Distribution) -> Number:
        return total(times(probability, self.psi(state)) for probability, state in distribution)

    def expected_pi(self, distribution: Distribution) -> Number:
        return total(times(probability, self.pi(state)) for probability, state in distribution)

    def draw(self, node: tuple[Fraction, State], entry: int) -> Distribution:
        """The node's children: one for each outcome of the entry."""
        probability, state = node
        return [
            (probability * outcome.probability, (*state[:entry], o, *state[entry + 1 :]))
            for o, outcome in enumerate(self.outcomes[entry], start=1)
        ]

    def best_entry(self, distribution: Distribution) -> int:
        """The untouched entry whose draw changes the expected Psi least; the first one of those that tie.

        Scores that are balls are compared by their midpoints: near ties may fall either way, and either way the pick's
        score exceeds the least one by no more than the balls' radii.
        """
        current = self.expected_psi(distribution)

        def score(entry: int) -> Number:
            after = self.expected_psi([child for node in distribution for child in self.draw(node, entry)])
            change = abs(after - current)
            return change if isinstance(change, Fraction) else change.mid()

        state = distribution[0][1]  # all states of a distribution have the same untouched entries
        return min((entry for entry, o in enumerate(state) if o == 0), key=score)

    def _outputs(self, state: State) -> list[list[Number]]:
        """Per point, the compressed network's vector before its last activation."""
        n1 = len(self.instance.W1[0])
        rows = []
        for i, weights in enumerate(self.instance.W1):
            row_state = state[i * n1 : (i + 1) * n1]
            if (i, row_state) not in self._row_memo:
                outcomes = self.outcomes[i * n1 : (i + 1) * n1]
                row = [of[o - 1].value if o else w for w, of, o in zip(weights, outcomes, row_state, strict=True)]
                self._row_memo[i, row_state] = self._row_terms(i, row, dense=False)
            rows.append(self._row_memo[i, row_state])
        return self._combine(rows)

    def _row_terms(self, i: int, row: Sequence[Fraction], dense: bool) -> list[list[Number]]:
        """Per point, what row i adds: [row . x], or with two layers the vector W_2[:, i] phi_1(row . x)."""
        inputs = [x if dense else x_compressed for _, x, x_compressed in self.instance.points]
        products = [sum(w * coordinate for w, coordinate in zip(row, x, strict=True)) for x in inputs]
        if self.instance.W2 is None:
            return [[product] for product in products]
        phi = ACTIVATIONS[self.instance.activations[0]]
        return [[times(row_2[i], phi(product)) for row_2 in self.instance.W2] for product in products]

    def _combine(self, rows: list[list[list[Number]]]) -> list[list[Number]]:
        """Per point, one layer lists the rows' terms, two layers add them up."""
        per_point = zip(*rows, strict=True)
        if self.instance.W2 is None:
            return [[term for (term,) in terms] for terms in per_point]
        return [[sum(column) for column in zip(*terms, strict=True)] for terms in per_point]

    def _mean(self, values: Iterable[Number]) -> Number:
        return total(times(point[0], value) for point, value in zip(self.instance.points, values, strict=True))


def squared_distance(u: Sequence[Number], v: Sequence[Number]) -> Number:
    return sum((a - b) * (a - b) for a, b in zip(u, v, strict=True))


def projected_squared_distance(u: Sequence[Number], v: Sequence[Number], kappa: Fraction) -> Number:
    """||u - [v]_kappa||^2, rational if u and v are and the projection leaves v alone."""
    norm_squared = sum(a * a for a in v)
    if isinstance(norm_squared, Fraction):
        certainly_inside, certainly_outside = norm_squared <= kappa**2, norm_squared > kappa**2
    else:
        certainly_inside, certainly_outside = norm_squared <= ball(kappa**2), norm_squared > ball(kappa**2)
    if certainly_inside:
        return squared_distance(u, v)
    shrink = ball(kappa) / ball(norm_squared).sqrt()
    projected = squared_distance([ball(a) for a in u], [ball(b) * shrink for b in v])
    return projected if certainly_outside else projected.union(squared_distance(u, v))


def ball(value: Number) -> arb:
    """A ball that contains the value."""
    return arb(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def times(factor: Fraction, value: Number) -> Number:
    return factor * value if isinstance(value, Fraction) else ball(factor) * value


def total(values: Iterable[Number]) -> Number:
    """The sum; exact if every term is."""
    exact, inexact = Fraction(0), []
    for value in values:
        if isinstance(value, Fraction):
            exact += value
        else:
            inexact.append(value)
    return ball(exact) + sum(inexact) if inexact else exact


ACTIVATIONS = {
    "identity": lambda t: t,
    "relu": lambda t: max(t, Fraction(0)) if isinstance(t, Fraction) else t.max(arb(0)),
    "tanh": lambda t: ball(t).tanh(),
    "twice": lambda t: 2 * t,
}
