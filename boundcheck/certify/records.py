"""Turns what went into a certificate (network, proposal, target, statements) into its records."""

from fractions import Fraction

import sympy

from boundcheck.core.rung import Mode
from boundcheck.exact.ball import rational_text, upper_decimal
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Layer, Network

from .block import Bound
from .certificate import LayerRecord, NetworkRecord, ProposalRecord, StatementRecord, TargetRecord
from .layer_norms import bias_norm, block_norm, column_norm, output_at_zero, row_norm
from .proposal import Proposal, Target
from .scaling import DIGITS, round_up
from .theory import Theory

# Shares of the network count what the statements promise and no more.
_ALONE = "the network's share counts their own weights, not those in neighbouring layers that could go with them"
COUNTED = {
    Mode.PRUNE: "entries left nonzero",
    Mode.QUANTIZE: "entries left unquantized",
    Mode.STRUCTURED: f"columns (input neurons) of wide layers and rows (output neurons) of bottlenecks; {_ALONE}",
    Mode.CONV: f"input filters of wide convolutions and output filters of bottlenecks; {_ALONE}",
}


def network_record(network: Network) -> NetworkRecord:
    """The network's constants, rounded up."""
    origin = network.origin
    return NetworkRecord(
        origin=origin.kind,
        description=origin.description,
        widths=list(network.widths),
        layers=[_layer_record(number, layer) for number, layer in enumerate(network.layers, start=1)],
        c_1=rational_text(round_up(network.c_1)),
        c_2=rational_text(round_up(network.c_2)),
        input_radius=rational_text(round_up(network.input_radius)),
        probability=None if origin.probability is None else rational_text(origin.probability),
        illustrative=origin.illustrative,
    )


def _layer_record(number: int, layer: Layer) -> LayerRecord:
    activation = layer.activation
    return LayerRecord(
        number=number,
        name=layer.name,
        n_in=layer.n_in,
        n_out=layer.n_out,
        operator_norm=rational_text(round_up(layer.operator_norm)),
        largest_entry=rational_text(round_up(layer.largest_entry)),
        block=layer.block,
        block_norm=rational_text(round_up(block_norm(layer))),
        kernel=layer.kernel,
        column_norm=rational_text(round_up(column_norm(layer))),
        row_norm=rational_text(round_up(row_norm(layer))),
        bias_norm=rational_text(round_up(bias_norm(layer))),
        output_at_zero=rational_text(round_up(output_at_zero(layer))),
        activation=activation.name if activation else None,
        lipschitz=_fact(activation.lipschitz) if activation else None,
        curvature=_fact(activation.curvature) if activation else None,
        activation_source=activation.reason if activation else None,
    )


def _fact(value: sympy.Expr) -> str | None:
    return None if value.is_infinite else upper_decimal(evaluate(value, {}), DIGITS)


def proposal_record(proposal: Proposal) -> ProposalRecord:
    """What was asked, exactly."""
    return ProposalRecord(
        mode=proposal.mode,
        counted=COUNTED[proposal.mode],
        keep=_optional(proposal.keep),
        levels=proposal.levels,
        bits_per_weight=proposal.bits_per_weight,
        unquantized=rational_text(proposal.unquantized_share) if proposal.levels is not None else None,
        wide=_layers(proposal.sets, "wide"),
        bottleneck=_layers(proposal.sets, "bottleneck"),
        bernoulli=_optional(proposal.bernoulli),
        alpha=_optional(proposal.alpha),
        effort=proposal.effort,
        draw=proposal.draw,
    )


def _optional(value: Fraction | None) -> str | None:
    return None if value is None else rational_text(value)


def _layers(sets: LayerSets | None, which: str) -> list[int] | None:
    return None if sets is None else sorted(getattr(sets, which))


def target_record(target: Target, error: Fraction) -> TargetRecord:
    """How the acceptable error was asked for and what it comes to."""
    if target.relative is not None:
        return TargetRecord(kind="relative", value=rational_text(target.relative), error=rational_text(error))
    if target.absolute is not None:
        return TargetRecord(kind="absolute", value=rational_text(target.absolute), error=rational_text(error))
    assert target.xi is not None
    return TargetRecord(kind="xi", value=rational_text(target.xi), error=rational_text(error))


def statement_records(ladder: tuple[Theory, ...]) -> list[StatementRecord]:
    """Every statement that the rungs use, each variant once."""
    found: dict[tuple[str, str], StatementRecord] = {}
    for theory in ladder:
        for bound in theory.roles.values():
            found.setdefault((bound.statement.id, bound.use.variant), _statement_record(theory, bound))
    return list(found.values())


def _statement_record(theory: Theory, bound: Bound) -> StatementRecord:
    variant, source = bound.variant, bound.statement.source
    latex = {
        symbol.name: f"{sympy.latex(symbol)} = {sympy.latex(value)}" for symbol, value in variant.definitions.items()
    }
    latex |= {assumption.id: sympy.latex(assumption.relation) for assumption in variant.assumptions}
    latex |= {f"claim {claim.id}": sympy.latex(claim.relation) for claim in variant.claims}
    return StatementRecord(
        id=bound.statement.id,
        variant=bound.use.variant,
        title=bound.statement.title,
        source=f"{theory.paper.venue}, {source.item} {source.equations}, page {source.page}".replace(" ,", ","),
        latex=latex,
        corrections=[f"{correction.what}. {correction.why}" for correction in variant.corrections],
    )
