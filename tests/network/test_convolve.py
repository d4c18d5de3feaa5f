"""Feature maps through convolutions: exact on integers, equal to torch, the paper's up to a shift, radii counted."""

import random
from fractions import Fraction

import numpy as np
import pytest
import torch
from convolution_instances import convolution, dense, random_kernels

from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.network import convolve as module
from boundcheck.network.convolve import convolve

SHAPES = [(1, 1, 1, 1), (2, 1, 2, 2), (2, 3, 3, 3), (3, 2, 2, 5), (1, 2, 4, 4), (4, 2, 5, 6)]
rng = np.random.default_rng(5)


def integers(*shape: int) -> np.ndarray:
    return rng.integers(-9, 10, shape).astype(np.float64)


@pytest.mark.parametrize(("d_out", "d_in", "q", "r"), SHAPES)
def test_it_is_torchs_convolution(d_out: int, d_in: int, q: int, r: int) -> None:
    layer = torch.nn.Conv2d(d_in, d_out, q, padding="same", padding_mode="circular", bias=False, dtype=torch.float64)
    kernels, x = integers(d_out, d_in, q, q), integers(4, d_in, r, r)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(kernels))
        expected = layer(torch.from_numpy(x)).numpy().reshape(4, -1)
    found = convolve(from_exact(x.reshape(4, -1)), kernels, r)
    assert np.array_equal(found.mid, expected) and found.rad.max() < 1e-11


@pytest.mark.parametrize(("d_out", "d_in", "q", "r"), SHAPES)
def test_it_is_the_papers_convolution_up_to_a_shift(d_out: int, d_in: int, q: int, r: int) -> None:
    kernels, x = random_kernels(random.Random(q), d_out, d_in, q, Fraction(1)), integers(1, d_in * r * r)
    exact = convolution(kernels, r, tuple(map(Fraction, x[0])))
    papers = np.array([float(entry) for entry in exact]).reshape(d_out, r, r)
    shift = (q - 1) // 2 + 1
    found = convolve(from_exact(x), np.array(kernels, dtype=np.float64), r).mid.reshape(d_out, r, r)
    assert np.array_equal(found, np.roll(papers, (shift, shift), axis=(1, 2)))
    matrix = np.array(dense(kernels, r), dtype=np.float64)
    assert np.array_equal(matrix @ x[0], papers.ravel())


def test_rounding_and_the_radii_of_the_input_are_enclosed() -> None:
    kernels, mid, rad = rng.standard_normal((2, 3, 3, 3)), rng.standard_normal((5, 48)), rng.uniform(0, 0.1, (5, 48))
    found = convolve(BallMatrix(mid, rad), kernels, 4)
    for signs in (0, -1, 1, rng.choice([-1, 1], (5, 48))):
        for row, x in enumerate(mid + signs * rad):
            fractions = [
                [[[Fraction(e) for e in line] for line in kernel] for kernel in row] for row in kernels.tolist()
            ]
            papers = np.array(convolution(fractions, 4, tuple(map(Fraction, x.tolist())))).reshape(2, 4, 4)
            exact = np.roll(papers, (2, 2), axis=(1, 2)).ravel()
            slack = Fraction(1, 10**15)  # of mid + rad, which was rounded
            for value, m, r in zip(exact, found.mid[row], found.rad[row], strict=True):
                assert abs(value - Fraction(m)) <= Fraction(r) + (slack * 27 if np.any(signs) else 0)


def test_parts_of_the_samples_come_back_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels, x = integers(2, 2, 3, 3), from_exact(integers(7, 50))
    whole = convolve(x, kernels, 5)
    monkeypatch.setattr(module, "_MOST_ENTRIES_AT_ONCE", 50 * 9 * 3)
    parts = convolve(x, kernels, 5)
    assert np.array_equal(parts.mid, whole.mid) and np.allclose(parts.rad, whole.rad)
