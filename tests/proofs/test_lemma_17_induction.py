"""Lemma 17 on recursions that grow as fast as (57) and (58) allow, in exact rationals."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module
from statement_formulas import assumption, claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide, exact_value

module = proof_module("lemma_17_induction_over_layers")
WIDE, BLOCK = assumption("lemma-17", "wide-growth"), assumption("lemma-17", "block-growth")
SLACK = assumption("lemma-17", "slack")
INDUCTION = [assumption("lemma-17", name, "corrected") for name in ("wide-step", "block-step")]
ERROR, UNCOMPRESSED = claim("lemma-17", "error", "corrected"), claim("lemma-17", "uncompressed", "corrected")
Constants = Mapping[sympy.Symbol, Fraction]


@dataclass(frozen=True)
class Recursion:
    """Roles of the layers ("wide", "bottleneck" followed by "behind", or "kept"), and the lemma's constants."""

    roles: tuple[str, ...]
    constants: Constants

    def errors(self) -> dict[int, Fraction]:
        """The error behind every layer outside B, each step with equality in the statement's own relation."""
        found = {0: Fraction(0)}
        for number, role in enumerate(self.roles, start=1):
            if role == "bottleneck":
                continue
            block = role == "behind"
            step = BLOCK.rhs if block else WIDE.rhs if role == "wide" else UNCOMPRESSED.rhs
            front, index = found[number - 2 if block else number - 1], number - 1 if block else number
            numbers = {**self.constants, module.layer: index, module.error_in_front: front, module.distance: front}
            numbers[module.sigma_1] = self.constants[module.sigma]
            value = exact_value(step, numbers)
            assert isinstance(value, Fraction)
            found[number] = value
        return found

    def claimed(self, relation: sympy.Basic) -> set[Verdict]:
        """The conclusion at every layer outside B."""
        return {
            decide(relation, {**self.constants, module.reached: number, module.error_reached: value})
            for number, value in self.errors().items()
        }


def roles(generator: random.Random, depth: int) -> tuple[str, ...]:
    """Layer sets that meet (6), with no bottleneck at the last layer."""
    found: list[str] = []
    while len(found) < depth:
        role = generator.choice(["wide", "wide", "kept", "bottleneck"])
        room_for_block = len(found) + 2 <= depth
        found += [role] if role != "bottleneck" else [role, "behind"] if room_for_block else ["kept"]
    return tuple(found)


def printed_constants(xi: Fraction, sigma: Fraction) -> Constants:
    """A hair less than the printed slack allows: with square roots in it, balls cannot tell equality."""
    hair = 1 - Fraction(1, 10**9)
    linear, square = hair * xi / 2, hair * xi**2 / 2
    constants = {module.e_1: linear, module.e_2: square, module.e_3: linear, module.e_4: square}
    return {**constants, module.xi: xi, module.sigma: sigma}


def corrected_constants(xi: Fraction, sigma: Fraction, share: Fraction) -> Constants:
    """Both inequalities of the induction with equality."""
    e_1, e_3 = share * xi, share * ((1 + xi) ** 2 - 1)
    constants = {module.e_1: e_1, module.e_2: xi * (xi - e_1), module.e_3: e_3}
    return {**constants, module.e_4: xi * ((1 + xi) ** 2 - 1 - e_3), module.xi: xi, module.sigma: sigma}


XIS = [Fraction(1, 100), Fraction(1, 3), Fraction(1), Fraction(5)]
SIGMAS = [Fraction(1, 2), Fraction(1), Fraction(3, 2)]
ROLES = [roles(random.Random(seed), 1 + seed % 9) for seed in range(40)]


def all_kinds_of_roles_occur() -> bool:
    return {role for sequence in ROLES for role in sequence} == {"wide", "bottleneck", "behind", "kept"}


@pytest.mark.parametrize("xi", XIS, ids=str)
@pytest.mark.parametrize("sigma", SIGMAS, ids=str)
def test_the_printed_slack_closes_the_induction(xi: Fraction, sigma: Fraction) -> None:
    assert all_kinds_of_roles_occur()
    constants = printed_constants(xi, sigma)
    assert decide(SLACK, constants) is Verdict.HOLDS
    for sequence in ROLES:
        assert Recursion(sequence, constants).claimed(ERROR) == {Verdict.HOLDS}


@pytest.mark.parametrize("xi", XIS, ids=str)
@pytest.mark.parametrize("sigma", SIGMAS, ids=str)
@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 2), Fraction(19, 20), Fraction(1)], ids=str)
def test_the_corrected_inequalities_close_the_induction(xi: Fraction, sigma: Fraction, share: Fraction) -> None:
    constants = corrected_constants(xi, sigma, share)
    assert [decide(step, constants) for step in INDUCTION] == [Verdict.HOLDS] * 2
    for sequence in ROLES:
        assert Recursion(sequence, constants).claimed(ERROR) == {Verdict.HOLDS}


@pytest.mark.parametrize("constant", [module.e_1, module.e_2, module.e_3, module.e_4], ids=str)
def test_the_printed_slack_is_used_up_by_each_constant(constant: sympy.Symbol) -> None:
    constants = dict(printed_constants(Fraction(1, 3), Fraction(1)))
    constants[constant] *= 1 + Fraction(1, 10**6)
    assert decide(SLACK, constants) is Verdict.FAILS


@pytest.mark.parametrize("xi", XIS, ids=str)
def test_the_printed_slack_implies_the_corrected_inequalities(xi: Fraction) -> None:
    constants = printed_constants(xi, Fraction(1))
    assert [decide(step, constants) for step in INDUCTION] == [Verdict.HOLDS] * 2


def test_the_step_closes_with_equality_from_a_full_error_in_front() -> None:
    """From the largest error the claim allows in front, the first wide step reaches the claimed one exactly."""
    constants = corrected_constants(Fraction(1, 3), Fraction(3, 2), Fraction(1, 2))
    at = {**constants, module.layer: 1, module.error_in_front: constants[module.xi]}
    reached = exact_value(WIDE.rhs, at)
    claimed = sympy.Eq(module.error_reached, ERROR.rhs)
    assert decide(claimed, {**at, module.reached: 1, module.error_reached: reached}) is Verdict.HOLDS


def test_an_uncompressed_layer_carries_the_error_on() -> None:
    """W = diag(3, 1), phi the positive part: largest when the inputs differ along the first coordinate alone."""
    for difference in ((Fraction(1), Fraction(0)), (Fraction(1), Fraction(2)), (Fraction(-1), Fraction(0))):
        inputs = [(Fraction(2), Fraction(2)), (2 + difference[0], 2 + difference[1])]
        outputs = [(max(3 * a, Fraction(0)), max(b, Fraction(0))) for a, b in inputs]
        behind = sum((a - b) ** 2 for a, b in zip(*outputs, strict=True))
        front = sum((d**2 for d in difference), Fraction(0))
        numbers = {module.sigma_1: 3, module.distance: front, module.error: behind}
        assert decide(UNCOMPRESSED, numbers) is Verdict.HOLDS
        halved = sympy.Le(UNCOMPRESSED.lhs, UNCOMPRESSED.rhs / 2)
        assert (decide(halved, numbers) is Verdict.FAILS) == (difference[1] == 0)


@pytest.mark.parametrize(
    "right",
    [
        module.sigma ** (2 * module.reached) * module.xi,
        module.sigma**module.reached * (1 + module.xi) ** module.reached * module.xi,
        module.sigma ** (2 * module.reached) * (1 + module.xi) ** module.reached * module.xi**2 / 3,
    ],
    ids=["no growth", "sigma to the wrong power", "xi squared"],
)
def test_a_planted_fault_in_the_conclusion_is_found(right: sympy.Expr) -> None:
    mutated = sympy.Le(ERROR.lhs, right)
    cases = [
        Recursion(sequence, corrected_constants(xi, Fraction(3, 2), Fraction(1, 2))) for sequence in ROLES for xi in XIS
    ]
    assert any(Verdict.FAILS in case.claimed(mutated) for case in cases)


def test_a_planted_fault_in_the_inequalities_is_found() -> None:
    """Without the 1/xi the wide step admits constants for which the conclusion is false."""
    xi = Fraction(1, 10)
    constants = {**corrected_constants(xi, Fraction(1), Fraction(0)), module.e_2: xi}
    mutated = sympy.Le((1 + module.e_1) / (1 + module.xi) + module.e_2 / (1 + module.xi), 1)
    assert decide(mutated, constants) is Verdict.HOLDS
    assert decide(INDUCTION[0], constants) is Verdict.FAILS
    assert Verdict.FAILS in Recursion(("wide", "wide"), constants).claimed(ERROR)
