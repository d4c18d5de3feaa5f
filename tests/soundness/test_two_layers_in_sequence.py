"""Two wide layers compressed one after the other, with the projections: the whole mean against the certificate.

Quantization needs no passage to one realization, so the layerwise rung bounds the mean over both layers' draws. It is
enumerated here: every realization of layer 1, and for each of them the picks and every realization of layer 2.
"""

import itertools
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from enumeration import quantizer_outcomes

import boundcheck

Matrix = list[list[Fraction]]
Vector = list[Fraction]


def product(matrix: Matrix, vector: Vector) -> Vector:
    return [sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in matrix]


def projected(vector: Vector, radius: Fraction) -> Vector:
    """Onto the ball; the root is a float, far more exact than what is compared in the end."""
    norm = sum(entry**2 for entry in vector) ** 0.5
    return vector if norm <= radius else [entry * radius / Fraction(norm) for entry in vector]


def realizations(weights: Matrix, inputs: list[Vector], levels: int, draws: int) -> list[tuple[Fraction, Matrix]]:
    """All outcomes with probabilities, for the entries that greedy picks: least Var(h_ij) E[x'_j^2] first."""
    largest = max(abs(entry) for row in weights for entry in row)
    squares = [sum((x[j] ** 2 for x in inputs), Fraction(0)) for j in range(len(weights[0]))]
    outcomes = {}
    for i, row in enumerate(weights):
        for j, entry in enumerate(row):
            law = quantizer_outcomes(entry, largest, levels)
            variance = sum((outcome.probability * (outcome.value - entry) ** 2 for outcome in law), Fraction(0))
            outcomes[i, j] = (variance * squares[j], [(outcome.probability, outcome.value) for outcome in law])
    picked = sorted(outcomes, key=lambda place: (outcomes[place][0], place))[:draws]
    found = []
    for choice in itertools.product(*(outcomes[place][1] for place in picked)):
        matrix, probability = [list(row) for row in weights], Fraction(1)
        for (i, j), (q, value) in zip(picked, choice, strict=True):
            matrix[i][j], probability = value, probability * q
        found.append((probability, matrix))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_mean_over_both_layers_is_below_the_certificate(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    grid = [Fraction(n, 8) for n in range(-8, 9)]
    first = [[rng.choice(grid) for _ in range(3)] for _ in range(2)]
    second = [[rng.choice(grid) for _ in range(2)] for _ in range(2)]
    inputs = [[Fraction(rng.randint(-4, 4), 8) for _ in range(3)] for _ in range(3)]
    levels = rng.choice([1, 2, 3])
    np.savez(tmp_path / "net.npz", W1=np.array(first, float), W2=np.array(second, float), activation="identity")
    np.save(tmp_path / "x.npy", np.array(inputs, float))
    network = boundcheck.network_from_checkpoint(tmp_path / "net.npz", None)
    sets = boundcheck.LayerSets(frozenset({1, 2}), frozenset())
    proposal = boundcheck.Proposal(levels=levels, unquantized=Fraction(1, 2), sets=sets)
    certificate = boundcheck.verify(network, proposal, boundcheck.load_data(str(tmp_path / "x.npy")))
    layerwise = certificate.rung("layerwise")
    draws = [block.draws for block in layerwise.blocks]
    assert draws == [3, 2]

    radii = [Fraction(layer.operator_norm) for layer in certificate.network.layers]
    mean = Fraction(0)
    for q, compressed in realizations(first, inputs, levels, draws[0]):
        hidden = [projected(product(compressed, x), radii[0]) for x in inputs]
        for r, last in realizations(second, hidden, levels, draws[1]):
            outputs = [projected(product(last, z), radii[0] * radii[1]) for z in hidden]
            dense = [product(second, product(first, x)) for x in inputs]
            error = sum((a - b) ** 2 for u, v in zip(dense, outputs, strict=True) for a, b in zip(u, v, strict=True))
            mean += q * r * error / len(inputs)
    assert mean <= Fraction(layerwise.error_bound or -1)
