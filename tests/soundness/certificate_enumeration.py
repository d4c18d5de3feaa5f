"""What certificates of structured pruning say of tiny networks, held against every realization of their draws.

The oracle walks through the network as the certificate's rung does: at each compressed layer it enumerates the draws
(alpha, bernoulli) that the rung chose, with the proof's picks, in exact rationals. Some realization must have as few
nonzero columns or rows as promised and an error within the bound; the worst such one is what the next layer gets (the
best one where a rung bounds the output alone).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import sympy
from enumeration import ACTIVATIONS, ball
from structured_enumeration import Blocks, Matrix, Realization, Vector, apply, enumerate_blocks, length

import boundcheck
from boundcheck.certify.certificate import BlockRecord, Certificate, RungRecord
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import less_equal
from boundcheck.network.activation import Activation, X
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.network import Network

TWICE = Activation("twice", 2 * X, True, sympy.S.Zero, sympy.Integer(2), sympy.S.Zero, "by hand")
LIPSCHITZ = {"identity": 1, "relu": 1, "tanh": 1, "twice": 2}
ROUNDING = Fraction(10**9 + 1, 10**9)  # the errors behind blocks are recorded with 15 digits, rounded up


@dataclass(frozen=True)
class Tiny:
    """A network, exactly: its matrices (of convolutions too), the inputs, and what is proposed.

    kernels: of a network of convolutions on ``side`` x ``side`` maps, as stored; k = side^2 neurons are drawn together.
    """

    matrices: tuple[Matrix, ...]
    kernels: tuple[np.ndarray, ...] | None  # type: ignore[type-arg]
    side: int
    activations: tuple[str, ...]
    inputs: tuple[Vector, ...]
    proposal: boundcheck.Proposal

    def network(self, folder: Path) -> Network:
        """The network as boundcheck reads it from a file."""
        stored = self.kernels or tuple(
            np.array([[float(w) for w in row] for row in matrix]) for matrix in self.matrices
        )
        np.savez(
            folder / "net.npz", **{f"layers.{number}.weight": weight for number, weight in enumerate(stored, start=1)}
        )
        hidden, last = (TWICE if name == "twice" else boundcheck.parse_activation(name) for name in self._named)
        if self.kernels is not None:
            return convolutional_network_from_checkpoint(folder / "net.npz", self.side, hidden, last)
        return boundcheck.network_from_checkpoint(folder / "net.npz", hidden, last)

    @property
    def _named(self) -> tuple[str, str]:
        return self.activations[0], self.activations[-1]

    def data(self, folder: Path) -> boundcheck.network.data.Data:
        """The inputs as data."""
        np.save(folder / "x.npy", np.array([[float(entry) for entry in x] for x in self.inputs]))
        return boundcheck.load_data(str(folder / "x.npy"))


@dataclass(frozen=True)
class Draw:
    """What a rung chose at a compressed layer, the number of units that may stay, and the bounds it gives there."""

    alpha: Fraction
    p: Fraction
    gamma: Fraction
    allowed: Fraction
    error: Fraction | None  # of one realization, behind the layer or block
    mean: Fraction | None  # of all of them


def refutations(tiny: Tiny, certificate: Certificate, rung: RungRecord) -> list[str]:
    """Every claim of a rung with an error bound that enumeration refutes, or does not confirm."""
    scale = max(Fraction(1), Fraction(certificate.network.input_radius))
    states: list[tuple[Vector, Vector]] = [(x, x) for x in tiny.inputs]
    found, number = [], 1
    while number <= len(tiny.matrices):
        block = next((block for block in rung.blocks if block.layer == number), None)
        span = 2 if block is not None and block.role == "bottleneck" else 1
        for layer in certificate.network.layers[number - 1 : number - 1 + span]:
            scale *= Fraction(layer.operator_norm) * Fraction(layer.lipschitz or 1) * ROUNDING
        if block is None:
            states = [(_through(tiny, number, x), _through(tiny, number, y)) for x, y in states]
        else:
            draw = _draw(rung, block, tiny.activations[number - 2 + span])
            problem = _problem(tiny, number, span, states, draw, scale)
            truth = enumerate_blocks(problem)
            assert problem.draws == block.draws and problem.count == block.units
            if draw.mean is not None:
                found += [
                    f"layer {number}: mean {name}"
                    for name, value in (("psi", truth.mean_psi), ("pi", truth.mean_pi))
                    if not _within(value, draw.mean * (1 if name == "pi" else _psi_scale(tiny, number, span)))
                ]
            sparse = [r for r in truth.realizations if r.kept <= draw.allowed]
            bound = draw.error if number - 1 + span < len(tiny.matrices) else Fraction(rung.error_bound or 0)
            valid = [r for r in sparse if bound is None or _within(r.pi, bound)]
            if not valid:
                return [*found, f"layer {number}: one realization"]
            rational = [r for r in valid if isinstance(r.pi, Fraction)]
            if not rational:
                return found  # a tanh or an active projection: what follows has no exact inputs
            passed_on = (min if bound is None else max)(rational, key=lambda r: r.pi)
            states = [_behind(problem, passed_on, x, y) for x, y in states]
        number += span
    distance = sum(((a - b) ** 2 for x, y in states for a, b in zip(x, y, strict=True)), Fraction(0)) / len(states)
    return found if _within(distance, Fraction(rung.error_bound or 0)) else [*found, "output"]


def _psi_scale(tiny: Tiny, number: int, span: int) -> Fraction:
    """Psi is in front of the last activation: a bound on what is behind it holds there divided by L^2."""
    return Fraction(1, LIPSCHITZ[tiny.activations[number - 2 + span]] ** 2)


def _draw(rung: RungRecord, block: BlockRecord, last: str) -> Draw:
    parameters = block.parameters or {
        name: rung.parameters[f"least_{name}"] if f"least_{name}" in rung.parameters else rung.parameters[name]
        for name in ("alpha", "bernoulli", "gamma", "epsilon")
    }
    alpha, p, gamma, epsilon = (Fraction(parameters[name]) for name in ("alpha", "bernoulli", "gamma", "epsilon"))
    # Recorded errors are those of the rescaled network, whose activation is the given one over its Lipschitz constant.
    error = None if block.error is None else Fraction(block.error) * LIPSCHITZ[last] ** 2
    mean = None if error is None else error * ROUNDING / (1 + epsilon)
    allowed = Fraction(block.promised_kept or 0) * block.units
    return Draw(alpha, p, gamma, allowed + Fraction(1, 10**6), error, mean)


def _problem(
    tiny: Tiny, number: int, span: int, states: list[tuple[Vector, Vector]], draw: Draw, radius: Fraction
) -> Blocks:
    weight = Fraction(1, len(states))
    return Blocks(
        W1=tiny.matrices[number - 1],
        W2=tiny.matrices[number] if span == 2 else None,
        points=tuple((weight, x, y) for x, y in states),
        k=tiny.side**2,
        alpha=draw.alpha,
        p=draw.p,
        gamma=draw.gamma,
        activations=tiny.activations[number - 1 : number - 1 + span],
        radius=radius,
    )


def _within(value: object, bound: Fraction) -> bool:
    return less_equal(ball(value), bound) is Verdict.HOLDS  # type: ignore[arg-type]


def _through(tiny: Tiny, number: int, x: Vector) -> Vector:
    phi = ACTIVATIONS[tiny.activations[number - 1]]
    return tuple(phi(entry) for entry in apply(tiny.matrices[number - 1], list(x)))


def _behind(problem: Blocks, realization: Realization, x: Vector, y: Vector) -> tuple[Vector, Vector]:
    """Dense and compressed output of a block; the projection is not active where the error is rational."""
    last = ACTIVATIONS[problem.activations[-1]]
    dense = problem.outputs((None,) * problem.count, x)
    drawn = problem.outputs(realization.scales, y)
    return tuple(last(entry) for entry in dense), tuple(last(entry) for entry in drawn)


def convolution_matrix(kernels: np.ndarray, side: int) -> Matrix:  # type: ignore[type-arg]
    """By Lemma 13's sum: Z_{o,u,v} = sum of K_{o,i,a,b} X_{i,<u+a>,<v+b>} over i and a, b = 1, ..., q."""
    d_out, d_in, q, _ = kernels.shape
    matrix = [[Fraction(0)] * (d_in * side**2) for _ in range(d_out * side**2)]
    for o, i, u, v, a, b in product(range(d_out), range(d_in), range(side), range(side), range(q), range(q)):
        column = i * side**2 + (u + a + 1) % side * side + (v + b + 1) % side
        matrix[o * side**2 + u * side + v][column] += Fraction(float(kernels[o, i, a, b]))
    return tuple(map(tuple, matrix))


def points(rng: random.Random, count: int, width: int, radius: int) -> tuple[Vector, ...]:
    """Dyadic inputs of norm at most ``radius``, and of norm 1 or more where it is above 1."""
    found: list[Vector] = []
    while len(found) < count:
        x = tuple(Fraction(rng.randint(-8, 8), 16) for _ in range(width))
        if length(x) > 0:
            found.append(tuple(entry * radius / 2 ** _halvings(length(x)) for entry in x))
    return tuple(found)


def _halvings(size: Fraction) -> int:
    return next(n for n in range(60) if size <= 2**n)


def random_kernels(rng: random.Random, d_out: int, d_in: int, q: int, size: float) -> np.ndarray:  # type: ignore[type-arg]
    entries = [size * rng.randint(-8, 8) or size for _ in range(d_out * d_in * q * q)]
    return np.array(entries).reshape(d_out, d_in, q, q)


def random_networks(seed: int, count: int) -> Iterator[Tiny]:
    """Chains of one wide layer, a bottleneck, or both with untouched layers around; neurons and filters in turn."""
    rng = random.Random(seed)
    for index in range(count):
        shape = list(SHAPES)[index % len(SHAPES)]
        yield _random_network(rng, *SHAPES[shape], conv=index % 3 == 2)


# layers in W and in B, and the number of units in front of every layer and behind the last: "n" is what is drawn from
SHAPES: dict[str, tuple[list[int], list[int], str]] = {
    "wide": ([1], [], "n1"),
    "bottleneck": ([], [1], "1n1"),
    "wide, untouched": ([1], [], "n21"),
    "untouched, wide": ([2], [], "1n1"),
    "wide, wide": ([1, 2], [], "nn1"),
    "wide, bottleneck": ([1], [2], "n1n1"),
    "bottleneck, wide": ([3], [1], "1nn1"),
}


def _random_network(rng: random.Random, wide: list[int], bottleneck: list[int], units: str, conv: bool) -> Tiny:
    most = 4 if conv or units.count("n") > 1 else 6
    sizes = [rng.randint(3, most) if unit == "n" else rng.randint(1, int(unit)) for unit in units]
    side, q = (2, rng.choice([1, 2])) if conv else (1, 1)
    kernels = tuple(
        random_kernels(rng, d_out, d_in, q, rng.choice([1 / 64, 1 / 8, 2.0]))
        for d_in, d_out in zip(sizes[:-1], sizes[1:], strict=True)
    )
    depth = len(kernels)
    smooth = ["identity", "twice", "tanh"] if bottleneck and depth <= 2 else ["identity", "twice"]
    hidden = rng.choice(smooth if bottleneck else ["identity", "relu", "twice"])
    activations = (hidden,) * (depth - 1) + (rng.choice(["identity", "relu", "twice"]),)
    sets = boundcheck.LayerSets(frozenset(wide), frozenset(bottleneck))
    keep = Fraction(rng.randint(5, 9), 10)
    granularity = boundcheck.Granularity.CONV if conv else boundcheck.Granularity.STRUCTURED
    return Tiny(
        matrices=tuple(convolution_matrix(kernel, side) for kernel in kernels),
        kernels=kernels if conv else None,
        side=side,
        activations=activations,
        inputs=points(rng, 2, sizes[0] * side**2, rng.choice([1, 1, 2])),
        proposal=boundcheck.Proposal(keep=keep, sets=sets, granularity=granularity),
    )


def tight_networks() -> Iterator[Tiny]:
    """One term of a bound is near the truth: blocks that are multiples of an identity, inputs that spread evenly.

    Each with neurons and with filters of 1 x 1 kernels on 2 x 2 maps, whose blocks are multiples of an identity too.
    """
    for conv, n in ((False, 9), (True, 6)):
        ones, spread = np.ones((1, n)), np.eye(n)
        # A wide layer of entries 8: every draw costs its full share of the second order; once with larger inputs.
        for radius in (1, 2):
            yield _tight([8 * ones], [1], [], 1, "0.4", radius, conv)
        # Both draws must be zero.
        yield _tight([ones], [1], [], 2, "0.24", 1, conv)
        # A bottleneck behind a small layer: the slope's term is nearly all, and Lambda holds 1024 = ||W_2||^2.
        yield _tight([spread * 2.0**-30, spread * 32, ones], [], [2], 1, "0.4", 1, conv)
        # The other way round: what is small here is nu_1.
        yield _tight([spread * 2.0**-30, spread, 32 * ones], [], [2], 1, "0.4", 1, conv)


def theorem_networks() -> Iterator[Tiny]:
    """Where an untouched layer has by far the largest norm, the theorem itself holds for some xi below one."""
    flat = np.ones((8, 8)) / 8
    for conv, n in ((False, 9), (True, 4)):
        yield _tight([np.ones((8, n)) / 64, flat], [1], [], 1, "0.5", 1, conv)
        yield _tight([flat, np.ones((n, 8)) / 64, np.ones((1, n)) / 64], [], [2], 1, "0.5", 1, conv)


def _tight(
    weights: list[np.ndarray],  # type: ignore[type-arg]
    wide: list[int],
    bottleneck: list[int],
    zeros: int,
    p: str,
    radius: int,
    conv: bool,
) -> Tiny:
    """Two of the layer's n units are drawn, of which so many must become zero."""
    n = weights[bottleneck[0] - 1].shape[0] if bottleneck else weights[wide[0] - 1].shape[1]
    kernels, side = tuple(weight[:, :, None, None] for weight in weights), 2 if conv else 1
    width = weights[0].shape[1] * side**2
    proposal = boundcheck.Proposal(
        keep=Fraction(n - zeros, n),
        sets=boundcheck.LayerSets(frozenset(wide), frozenset(bottleneck)),
        alpha=Fraction(2, n),
        bernoulli=Fraction(p),
        granularity=boundcheck.Granularity.CONV if conv else boundcheck.Granularity.STRUCTURED,
    )
    return Tiny(
        matrices=tuple(convolution_matrix(kernel, side) for kernel in kernels),
        kernels=kernels if conv else None,
        side=side,
        activations=("identity",) * len(weights),
        inputs=tuple(tuple(Fraction(radius * (i == j)) for i in range(width)) for j in range(width)),
        proposal=proposal,
    )
