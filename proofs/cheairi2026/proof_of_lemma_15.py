"""Lemma 15's proof: part 1 on one layer, part 2 on two, where the printed form divides by sigma_2."""

import sympy

from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import STATEMENT as STATED
from .lemma_15_second_derivative_of_one_weight import two_layers, unprocessed
from .most_of_the_entries import one_of_most
from .notation import sigma_2
from .one_weight_of_a_layer import ONE, SETTING
from .one_weight_of_two_layers import TOTAL_2, TWO

DIVISOR = Step("second-layer", "(40) divides by sigma_2, not zero", "smt", sympy.Gt(sigma_2, 0), equation="(40)")


def _steps(variant: str) -> tuple[Step, ...]:
    claim = STATED.variant(variant).claim("two-layers").relation
    divisor = (DIVISOR,) if variant == "printed" else ()
    known = tuple(step.conclusion for step in divisor)
    return (*SETTING, *ONE, *TWO, *divisor, *one_of_most("two", unprocessed, TOTAL_2, two_layers, claim, *known))


PROOFS = {("lemma-15", variant): _steps(variant) for variant in ("printed", "corrected")}
