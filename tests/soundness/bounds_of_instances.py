"""What the layerwise rung claims for a tiny instance, from the statements and the code that certifies with them.

A fault can be planted in the statement (a changed term or definition) or in the passage to one realization; the
soundness tests must then find violations.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from enumeration import OracleResult, ball, oracle
from flint import arb
from instances import Instance, Matrix, general_instances, tight_instances

from boundcheck.certify.block import Bound
from boundcheck.certify.parameters import least_epsilon
from boundcheck.certify.theory import theories
from boundcheck.core.rung import Mode, Quantity
from boundcheck.core.statement import Term, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import less_equal
from boundcheck.exact.operator_norm import operator_norm
from boundcheck.library import library

Epsilon = Callable[[int, int, Fraction], Fraction]


@dataclass(frozen=True)
class Claimed:
    """Bounds on the mean error and on one realization's, and the number of nonzero mask entries that one may have."""

    mean: arb
    realization: arb
    kept: Fraction


@dataclass(frozen=True)
class Case:
    """An instance with what enumeration says of it."""

    instance: Instance
    truth: OracleResult


def cases(seed: int, general: int, rounds: int) -> list[Case]:
    """Instances of all families, enumerated."""
    instances = [*general_instances(seed, general), *tight_instances(seed, rounds)]
    return [Case(instance, oracle(instance)) for instance in instances]


def layerwise_bound(instance: Instance) -> Bound:
    """The statement that the layerwise rung uses for the instance's mode and number of layers."""
    mode = Mode(instance.mode)
    theory = next(t for t in theories(library(), mode) if t.rung.name == "layerwise")
    return theory.roles[role(instance)]


def role(instance: Instance) -> str:
    """What the instance's matrix is to the rung."""
    return "wide" if instance.layers == 1 else "bottleneck"


def exact_epsilon(draws: int, threshold: int, probability: Fraction) -> Fraction:
    """Lemma 12's factor as the certificate computes it."""
    return least_epsilon([draws], [threshold], probability)


def claimed(instance: Instance, bound: Bound, epsilon: Epsilon = exact_epsilon, extra_draws: int = 0) -> Claimed:
    """Evaluate the statement at the instance; ``extra_draws`` plants a wrong number of processed entries."""
    environment = _environment(instance)
    mean = _total(bound, environment | {Quantity.EPSILON: Fraction(0)})
    shifted = instance.alpha + Fraction(extra_draws, instance.entries)
    kept = bound.promised_share(role(instance), environment | {Quantity.ALPHA: shifted})
    if instance.p is None:
        return Claimed(mean, mean, kept * instance.entries)
    threshold = math.floor((1 + instance.gamma) * instance.p * instance.draws)
    factor = epsilon(instance.draws, threshold, instance.p)
    return Claimed(mean, _total(bound, environment | {Quantity.EPSILON: factor}), kept * instance.entries)


def _total(bound: Bound, environment: dict[Quantity, Fraction | arb | int]) -> arb:
    return sum(
        (ball(value) if isinstance(value, Fraction) else value for value in bound.terms(environment).values()), arb(0)
    )


def _environment(instance: Instance) -> dict[Quantity, Fraction | arb | int]:
    environment: dict[Quantity, Fraction | arb | int] = {
        Quantity.N_IN: len(instance.W1[0]),
        Quantity.N_OUT: len(instance.W1),
        Quantity.OPERATOR_NORM: _norm(instance.W1),
        Quantity.LARGEST_ENTRY: _largest(instance.W1),
        Quantity.INPUT_NORM: instance.theta,
        Quantity.ERROR_IN: sum(
            (q * sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Fraction(0)) for q, x, y in instance.points),
            Fraction(0),
        ),
        Quantity.ALPHA: instance.alpha,
        Quantity.GAMMA: instance.gamma,
    }
    if instance.p is not None:
        environment[Quantity.BERNOULLI] = instance.p
    if instance.k is not None:
        environment[Quantity.LEVELS] = instance.k
    if instance.W2 is not None:
        environment |= {
            Quantity.N_NEXT: len(instance.W2),
            Quantity.OPERATOR_NORM_NEXT: _norm(instance.W2),
            Quantity.LARGEST_ENTRY_NEXT: _largest(instance.W2),
        }
    return environment


def _norm(matrix: Matrix) -> arb:
    """Upper end of the operator norm: the float matrix's, plus the Frobenius norm of what rounding to floats moved."""
    rounded = np.array([[float(entry) for entry in row] for row in matrix])
    moved = sum(((entry - Fraction(float(entry))) ** 2 for row in matrix for entry in row), Fraction(0))
    norm = operator_norm(rounded) + ball(moved).sqrt()
    return norm.upper()


def _largest(matrix: Matrix) -> Fraction:
    return max(abs(entry) for row in matrix for entry in row)


def violations(
    found: Iterable[Case],
    change: Callable[[Bound], Bound] = lambda b: b,
    epsilon: Epsilon = exact_epsilon,
    extra_draws: int = 0,
) -> list[str]:
    """Every claim that enumeration refutes, or does not confirm, under an optionally planted fault."""
    wrong = []
    for case in found:
        bound = change(layerwise_bound(case.instance))
        claim = claimed(case.instance, bound, epsilon, extra_draws)
        if not claim.mean.is_finite():
            continue
        truths = {"mean Psi": case.truth.expectation_psi_proof, "mean Pi": case.truth.expectation_pi_proof}
        for name, truth in truths.items():
            if less_equal(ball(truth), claim.mean) is not Verdict.HOLDS:
                wrong.append(f"{case.instance.family}: {name}")
        limit = math.floor(claim.kept) if case.instance.p is not None else None
        least = case.truth.least_pi(limit)
        if least is None or less_equal(ball(least), claim.realization) is not Verdict.HOLDS:
            wrong.append(f"{case.instance.family}: one realization")
        if case.instance.p is None and claim.kept < case.instance.entries - case.instance.draws:
            wrong.append(f"{case.instance.family}: unquantized entries")
    return wrong


def with_term(bound: Bound, name: str, change: Callable[[Bound, Term], Term]) -> Bound:
    """The bound with one term of its error claim changed; unchanged where it has no such term."""
    claims = tuple(
        dataclasses.replace(
            claim, terms=tuple(change(bound, term) if term.name == name else term for term in claim.terms)
        )
        for claim in bound.variant.claims
    )
    return dataclasses.replace(bound, variant=dataclasses.replace(bound.variant, claims=claims))


def with_variant(bound: Bound, **changes: object) -> Bound:
    """The bound with parts of its statement's variant replaced."""
    variant: Variant = dataclasses.replace(bound.variant, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(bound, variant=variant)
