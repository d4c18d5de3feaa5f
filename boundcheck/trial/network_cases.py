"""Algorithm 1 run on whole networks, against the layer-by-layer recursion in the mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from boundcheck.certify.block import check_assumption, layer_environment
from boundcheck.certify.recursion import BLOCK_SCOPES
from boundcheck.certify.scaling import ScaledNetwork, round_up, scaled_network
from boundcheck.certify.steps import Step, block_environment, output_norm, steps
from boundcheck.certify.theory import Theory, theories
from boundcheck.compress.projection import radii
from boundcheck.compress.settings import Settings
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Sense
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, rational_text
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, Matrix
from boundcheck.library import library
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.measure import forward_enclosure, measured_input_radius
from boundcheck.network.network import Network, with_input_radius
from boundcheck.network.torch_activation import activation_in_torch

from .block_instance import Draw
from .cases import Case, Described
from .cell_key import key_and_seed
from .error_range import INFLATION
from .instances import SampledNetwork
from .judge import MeanAtMost
from .verdict_record import NotApplicable

if TYPE_CHECKING:
    import torch

_MEMORY = 2**31
"""Bytes that a batch may take: how many repeats advance together must not depend on what is free."""
LAYERWISE = "layerwise"
"""The name of the recursion in a plan's statements, as that of the rung."""


@dataclass(frozen=True, eq=False)
class NetworkErrorCell:
    """The mean squared distance behind the whole network, with its projections, of Algorithm 1's own picks."""

    key: str
    sampled: SampledNetwork
    settings: Settings
    device: str = "cpu"

    @property
    def quantities(self) -> tuple[str, ...]:
        """One error."""
        return ("error",)

    def sample(self, start: int, stop: int) -> Matrix:
        """Shape (stop - start, 1)."""
        from boundcheck.compress.compress import compress

        network, data = self.sampled.network(), self.sampled.data()  # enclosures cannot be sent to a worker
        repeats = range(start, stop)
        found = compress(network, data, self.settings, repeats=repeats, device=self.device, memory_limit=_MEMORY)
        dense = self._outputs(self.sampled.weights, {})
        errors = []
        for one in found:
            behind = {projection.layer: projection.radius for projection in one.projections}
            errors.append(float((dense - self._outputs(one.weights, behind)).square().sum(dim=0).mean()))
        return np.array(errors)[:, None]

    def _outputs(self, weights: tuple[Matrix, ...], behind: dict[int, float]) -> "torch.Tensor":
        import torch

        from boundcheck.compress.projection import projected

        z = torch.from_numpy(np.ascontiguousarray(self.sampled.inputs.T))
        for number, weight in enumerate(weights, start=1):
            phi = activation_in_torch(self.sampled.activation_of(number).name, axis=-2)
            z = phi(torch.from_numpy(weight) @ z)
            if number in behind:
                z = projected(z, behind[number])[0]
        return z


def network_cases(sampled: SampledNetwork, draw: Draw, seed: int, device: str) -> Iterator[Case | NotApplicable]:
    """One case for each of the plan's layer sets."""
    if draw.block_size > 1:
        return  # whole networks draw single neurons
    data = sampled.data()
    network = with_input_radius(sampled.network(), measured_input_radius(data))
    for part in sampled.plan.whole:
        sets = LayerSets(frozenset(part.wide), frozenset(part.bottleneck))
        told = f"wide={','.join(map(str, part.wide)) or '-'} bottleneck={','.join(map(str, part.bottleneck)) or '-'}"
        for theory in theories(library(proofs=False), draw.mode):
            if theory.rung.name == LAYERWISE:
                recursion = _Recursion(theory, network, data, sets, draw)
                yield recursion.case(sampled, f"{sampled.name} {told}", seed, device)


class _Recursion:
    def __init__(self, theory: Theory, network: Network, data: Data, sets: LayerSets, draw: Draw) -> None:
        self.theory, self.network, self.data, self.sets, self.draw = theory, network, data, sets, draw

    @cached_property
    def radii(self) -> list[float]:
        """Of the projections that Algorithm 1 adds, layer by layer."""
        return radii(self.network)

    @cached_property
    def scaled(self) -> ScaledNetwork:
        return scaled_network(self.network, self.sets.bottleneck)

    def case(self, sampled: SampledNetwork, name: str, seed: int, device: str) -> Case | NotApplicable:
        draw = self.draw
        amount = f"levels={draw.levels}" if draw.bernoulli is None else f"bernoulli={rational_text(draw.bernoulli)}"
        drawn = f"mode={draw.mode} alpha={rational_text(draw.alpha)} {amount}"
        try:
            problem, right = self._right_side()
        except (BoundcheckError, OverflowError) as error:
            problem, right = str(error), Fraction(0)
        if problem is not None:
            return NotApplicable(statement=LAYERWISE, variant="corrected", instance=name, draw=drawn, reason=problem)
        key, own_seed = key_and_seed(seed, {"instance": name, "draw": drawn, "measured": "error of the network"})
        settings = Settings(draw.mode, self.sets, draw.alpha, draw.bernoulli, draw.levels, seed=own_seed)
        cell = NetworkErrorCell(key, sampled, settings, device)
        largest = self._largest_error()
        rounding = 64 * (sum(self.network.widths) + len(self.data.inputs)) * UNIT_ROUNDOFF

        def judge(error_probability: float) -> MeanAtMost:
            # In one layer Algorithm 1 picks as the proofs do; in a bottleneck another mask may be meant.
            return MeanAtMost(np.array([largest]), rounding, error_probability, right, not self.sets.bottleneck)

        own = "Algorithm 1's own picks"
        caveat = "" if not self.sets.bottleneck else "; the propositions are about picks that average over the draws"
        about = Described(
            LAYERWISE, "corrected", ("error",), Sense.UPPER, "", f"mean error behind the network{caveat}", name, drawn,
            own,
        )  # fmt: skip
        return Case(about, cell, judge, largest=largest)

    def _right_side(self) -> tuple[str | None, Number]:
        """The recursion in the mean: every step's error claim, without the factor of one realization."""
        known = {Quantity.ALPHA: self.draw.alpha, Quantity.GAMMA: self.draw.gamma, Quantity.EPSILON: Fraction(0)}
        if self.draw.bernoulli is not None:
            known[Quantity.BERNOULLI] = self.draw.bernoulli
        if self.draw.levels is not None:
            known[Quantity.LEVELS] = Fraction(self.draw.levels)
        scaled, error, norm = self.scaled, Fraction(0), self.scaled.input_norm
        for layer in scaled.layers:
            for bound, assumption in self.theory.layer_assumptions:
                row = check_assumption(bound, assumption, layer_environment(scaled, layer), layer, None)
                if row.verdict is not Verdict.HOLDS:
                    return f"layer {layer.number}: {row.id}: {row.meaning} ({row.verdict})", error
        for step in steps(scaled, self.sets):
            environment = {**block_environment(scaled, step, norm, error), **known}
            problem = None if step.role == "uncompressed" else self._unmet(step, environment)
            if problem is not None:
                return problem, error
            total = sum((ball(term) for term in self.theory.roles[step.role].terms(environment).values()), ball(0))
            error, norm = round_up(total), output_norm(scaled, step, norm)
            if step.role != "uncompressed":  # a compressed block's output is only known to lie in its projection's ball
                last = scaled.layers[step.layer.number + step.span - 2]
                norm = max(norm, round_up(Fraction(self.radii[last.number - 1]) / last.output_scale))
        return None, error * scaled.error_scale

    def _unmet(self, step: Step, environment: dict[Quantity, Number]) -> str | None:
        of_one_realization = {
            name
            for paper in library(proofs=False).papers.values()
            for experiment in paper.experiments
            if experiment.statement == self.theory.roles[step.role].statement.id
            for name in experiment.of_one_realization
        }
        for bound, assumption in self.theory.assumptions(step.role, BLOCK_SCOPES):
            if assumption.id in of_one_realization:
                continue
            row = check_assumption(bound, assumption, environment, step.layer, None)
            if row.verdict is not Verdict.HOLDS:
                return f"layer {step.layer.number}: {row.id}: {row.meaning} ({row.verdict})"
        return None

    def _largest_error(self) -> float:
        """(||Phi(x)|| + the compressed network's largest output)^2, averaged over the samples.

        Behind the last compressed block the output lies in a ball; later layers stretch it by their norms.
        """
        spans = {number + 1 for number in self.sets.bottleneck} | self.sets.wide
        last = max(spans)
        reach = self.radii[last - 1]
        for layer in self.scaled.layers[last:]:
            reach *= float(layer.operator_norm) * float(layer.output_scale) * INFLATION
        outputs = forward_enclosure(self.network, self.data)
        norms = np.linalg.norm(np.abs(outputs.mid) + outputs.rad, axis=1) * INFLATION
        return float(np.mean((norms + reach) ** 2)) * INFLATION
