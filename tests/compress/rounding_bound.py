"""How far from the exact score a computed one may lie, in the standard model of floating point."""

from __future__ import annotations

import numpy as np
from replay import Turn

from boundcheck.compress.settings import Implementation

UNIT_ROUNDOFF = 2.0**-53
ACTIVATION = 8  # roundings that count for one activation: tanh and softplus are right to a few units in the last place


def score_error(turn: Turn, implementation: Implementation, steps: int) -> float:
    """Bound on |computed - exact| for every score of ``implementation`` behind ``steps`` steps.

    A sum of products whose inputs met k roundings has an error of at most gamma_k = k u / (1 - k u) times the sum of
    the absolute values, in whatever order it is added up (Higham, Accuracy and Stability, section 3.1); activations
    here have Lipschitz constant 1, so they pass an error on. Let R >= |reference| + |outputs| bound the residual, sized
    with the largest value that each weight can get, and Q = mean ||R||^2.

    literal: three mean squares of at most Q, each of residuals that met k roundings, squared and added up:
    errors of at most gamma_{2k + sum} Q; the score adds them up with weights P, 1 - P and -1. In all below 5 gamma Q.

    dense, fast: let H bound |phi|; |E delta| <= 2 H and |W_2| H <= R entry by entry. First order 2 mean|E delta . g| is
    sized 4 Q, second order c_i mean(E delta^2) 4 Q. The residual in g took up to ``steps`` changes, each sized 2 R:
    its error is at most (2 steps + 1) gamma R. Kept scores took up to ``steps`` changes sized 8 Q, whose factors are
    differences, each with twice the error. Together (4 (2 steps + 3) + 8 + 16 steps) gamma Q.
    Products of convolutions taken at frequencies are sized by sums of absolute values over the places, which costs a
    factor of at most the number of places (Cauchy-Schwarz).
    """
    case = turn.case
    places = case.map_side**2 if case.map_side else 1
    terms = sum(int(np.prod(weight.shape[1:])) + ACTIVATION for weight in case.weights) + 4
    samples, outputs = case.inputs.shape[1], len(turn.reference.value)
    if implementation is Implementation.LITERAL:
        return 5 * gamma(2 * terms + outputs * samples) * turn.size
    factor = (4 * (2 * steps + 3) + 8 + 16 * steps) * places
    return factor * gamma(2 * terms + outputs * places + samples) * turn.size


def gamma(roundings: int) -> float:
    return roundings * UNIT_ROUNDOFF / (1 - roundings * UNIT_ROUNDOFF)
