"""Measured blocks against enumeration: never below the exact mean error, and equal to it where that is claimed."""

from fractions import Fraction
from pathlib import Path

import pytest
from sharp_cases import Case, knowledge, random_case, theory_of
from sharp_enumeration import EXACT, Number, at_most, big, block_truth

from boundcheck.core.rung import Effort
from boundcheck.per_sample.measure_block import measure_block

FAST, ALL, TOGETHER = 100, 500, 20
EQUAL = {"columns", "input filters", "entries"}
"""Units whose error behind their own matrix is an equality; behind the next one it is for rows and output filters."""


def chunks(fast: int, count: int, together: int) -> list[object]:
    """First seeds; all but the first few marked slow."""
    return [pytest.param(first, marks=[] if first < fast else pytest.mark.slow) for first in range(0, count, together)]


@pytest.mark.parametrize("first", chunks(FAST, ALL, TOGETHER))
def test_measured_blocks_cover_the_exact_mean_error(first: int, tmp_path: Path) -> None:
    found = []
    for seed in range(first, first + TOGETHER):
        found += [f"seed {seed}: {problem}" for problem in problems(random_case(seed, tmp_path))]
    assert not found


def problems(case: Case) -> list[str]:
    """What a measured block says of a case that enumeration refutes."""
    truth, found = block_truth(case.tiny, case.number, case.draw), []
    for effort in Effort:
        block = measure_block(
            case.network, case.number, case.data, case.drawn, theory_of(case.kind).unit_claims, effort
        )
        known, at_output = knowledge(case, effort)
        record = known.record
        bounds: dict[str, tuple[Fraction | None, Number]] = {
            "own": (block.own, truth.own),
            "next": (block.next, truth.next),
            "output": (at_output, truth.output),
            **{
                way: (None if value is None else Fraction(value), truth.output)
                for way, value in (
                    ("norms", record.at_output_by_norms),
                    ("next layer", record.at_output_by_next_layer),
                    ("derivative", record.at_output_by_derivative),
                )
            },
        }
        for name, (bound, value) in bounds.items():
            if bound is not None and not at_most(value, bound):
                found.append(f"{case.kind}, {effort}, {name}: {float(bound)} < {float(value)}")
        if block.own is not None and case.draw.unit in EQUAL and not is_equal(case, block.own, truth.own, 1):
            found.append(f"{case.kind}, {effort}, own: {float(block.own)} is more than {float(truth.own)}")
        if block.own is None and not is_equal(case, block.next or Fraction(0), truth.next, 2):
            found.append(f"{case.kind}, {effort}, next: {float(block.next or 0)} is more than {float(truth.next)}")
    return found


def is_equal(case: Case, bound: Fraction, value: Number, layers: int) -> bool:
    """Up to a relative 1e-9, or 1e-5 behind activations that are only enclosed; and to what zero comes to in floats."""
    before = case.tiny.layers[: case.number - 2 + layers]
    digits = 9 if all(layer.activation.partition("(")[0] in EXACT for layer in before) else 5
    return bool(big(bound) <= big(value) * (1 + big(Fraction(1, 10**digits))) + big(Fraction(1, 10**14)))
