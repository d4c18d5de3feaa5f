"""What a PER_SAMPLE rung knows of a compressed block beside its norms: its error at the data, in the scaled network."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.errors import BoundcheckError
from boundcheck.core.rung import DrawKind, Quantity
from boundcheck.exact.ball import Number, ball, rational_text
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.data import Data
from boundcheck.network.network import Network
from boundcheck.per_sample.block_samples import BlockDraw
from boundcheck.per_sample.measure_block import MeasuredBlock, measure_block

from .certificate import MeasuredRecord
from .draw_choice import Draw
from .proposal import Proposal
from .scaling import ScaledNetwork, round_up
from .steps import Step
from .theory import Theory


@dataclass(frozen=True)
class Knowledge:
    """The quantities of a block that the role's claim takes, and what the certificate shows of them."""

    quantities: dict[Quantity, Fraction]
    record: MeasuredRecord


class BlockMeasure:
    """Measures blocks, each once: what is found depends on the draw, and not on the error in front of the block."""

    def __init__(
        self,
        theory: Theory,
        network: Network,
        data: Data,
        proposal: Proposal,
        progress: Callable[[str], None] = lambda stage: None,
    ) -> None:
        self.theory, self.network, self.data, self.effort = theory, network, data, proposal.effort
        self.progress = progress
        self._found: dict[tuple[int, str, BlockDraw], MeasuredBlock] = {}

    def knowledge(self, scaled: ScaledNetwork, step: Step, draw: Draw, error_in: Fraction, is_last: bool) -> Knowledge:
        """At one block. ``is_last``: no layer behind it is compressed, so that their derivatives are known."""
        block = self._measured(step, draw)
        number = step.layer.number + step.span - 1
        behind = norms_behind(scaled, number)
        measured = block.own if step.role == "wide" else block.next
        assert measured is not None
        own = round_up(measured)
        # What the claims of the role and of the layers behind make of a measured error, at the network's output.
        factor = behind**2 * scaled.error_scale
        if step.role == "wide" and step.layer.lipschitz is not None:
            factor *= step.layer.lipschitz**2
        ways = {"norms": factor * own}
        if is_last and (step.role == "bottleneck" or error_in == 0):
            ways |= self._through_later_layers(block, own, scaled, number)
            if step.role == "wide" and block.next is not None:
                ways["next layer"] = norms_behind(scaled, number + 1) ** 2 * block.next * scaled.error_scale
        least = min(ways.values())
        # As if the block's own error were so much that the norms behind it make the least of it.
        counted = own if factor == 0 else min(own, round_up(least / factor))
        variance = round_up(ball(block.largest_column_variance) * ball(step.layer.input_scale) ** 2)
        return Knowledge(
            {Quantity.MEASURED_ERROR: counted, Quantity.LARGEST_COLUMN_VARIANCE: variance},
            MeasuredRecord(
                effort=self.effort,
                behind_block=rational_text(own),
                at_output_by_norms=rational_text(round_up(ways["norms"])),
                at_output_by_next_layer=_text(ways.get("next layer")),
                at_output_by_derivative=_text(ways.get("derivative")),
                largest_column_variance=rational_text(variance),
            ),
        )

    def _measured(self, step: Step, draw: Draw) -> MeasuredBlock:
        drawn = self.theory.roles[step.role].drawn(step.role)
        levels = draw.quantities.get(Quantity.LEVELS)
        law = BlockDraw(
            drawn.unit,
            self.theory.rung.draw is DrawKind.EXACT_COUNTS,
            draw.quantities.get(Quantity.BERNOULLI),
            None if levels is None else int(levels),
        )
        key = (step.layer.number, step.role, law)
        if key not in self._found:
            self.progress(f"rung {self.theory.rung.name}: layer {step.layer.number} ({step.role})")
            self._found[key] = self._measure(step.layer.number, law)
        return self._found[key]

    def _measure(self, number: int, law: BlockDraw) -> MeasuredBlock:
        # Numbers beyond what floats can enclose leave this rung open, as failures of the arithmetic do elsewhere.
        try:
            return measure_block(self.network, number, self.data, law, self.theory.unit_claims, self.effort)
        except BoundcheckError as error:
            raise ArithmeticError(f"layer {number}: {error}") from None

    def _through_later_layers(
        self, block: MeasuredBlock, own: Fraction, scaled: ScaledNetwork, number: int
    ) -> dict[str, Fraction]:
        """The block's error at the network's output by the later layers' derivative, in the original scale."""
        if block.linear is None:
            return {}
        environment: dict[Quantity, Number] = {
            Quantity.LIPSCHITZ_BEHIND: round_up(ball(norms_behind(scaled, number)) * ball(scaled.error_scale).sqrt()),
            Quantity.MEASURED_ERROR: own,
            Quantity.LINEARIZED_ERROR: block.linear,
            Quantity.REMAINDER: self._remainder(block),
        }
        return {"derivative": round_up(self.theory.roles["later"].right_side("error", environment))}

    def _remainder(self, block: MeasuredBlock) -> Fraction:
        """Sum over the later activations of what their slopes leave out, times the norms behind."""
        total = ball(0)
        for number, mean in block.remainders.items():
            after = ball(1)
            for layer in self.network.layers[number:]:
                lipschitz = 1 if layer.activation is None else evaluate(layer.activation.lipschitz, {})
                after *= ball(layer.operator_norm) * ball(lipschitz)
            total += ball(mean).sqrt() * after
        return round_up(total)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else rational_text(round_up(value))


def norms_behind(scaled: ScaledNetwork, number: int) -> Fraction:
    """What the layers behind layer ``number`` make of an error at most: exactly what their claims will multiply."""
    product = Fraction(1)
    for layer in scaled.layers[number:]:
        product *= layer.operator_norm * (1 if layer.lipschitz is None else layer.lipschitz)
    return product
