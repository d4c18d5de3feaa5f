"""`verify`: a network and a proposal in, a certificate out."""

import hashlib
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Scheme
from boundcheck.core.verdict import Verdict, disjunction
from boundcheck.core.versions import versions
from boundcheck.exact.ball import lower_rational, upper_decimal
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.library import library
from boundcheck.network.checkpoint_writer import safetensors_copy
from boundcheck.network.data import Data, check_data
from boundcheck.network.layer_sets import check_layer_sets
from boundcheck.network.measure import forward_enclosure, loss_enclosure, mean_square, measured_input_radius
from boundcheck.network.network import Network, with_input_radius
from boundcheck.network.predictions import least_changes

from .certificate import Certificate, CopyRecord, Provenance, RungRecord, TrivialBound
from .coverage import refuse_what_is_not_covered
from .goal import Goal
from .measured_blocks import BlockMeasure
from .proposal import Proposal
from .records import network_record, proposal_record, statement_records, target_record
from .rungs import run_rung
from .scaling import round_down, round_up, scaled_network
from .theorem_target import acceptable_error
from .theory import Theory, theories

VERSIONED = ("boundcheck", "sympy", "python-flint", "numpy", "scipy")


@dataclass(frozen=True)
class Measured:
    """What the data say: a lower bound on the trivial bound, whether it is the worst case, and the dense loss.

    least_changes: as Goal has it.
    """

    trivial: Fraction
    worst_case: bool
    loss: Fraction | None
    least_changes: Matrix | None = None


def verify(
    network: Network,
    proposal: Proposal,
    data: Data | None = None,
    *,
    command: str | None = None,
    copy: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Certificate:
    """Certify a proposal for a network.

    network: from `network_from_widths`, `network_from_law` or `network_from_checkpoint`.
    data: inputs (N x n_1): the input distribution and its radius; needs a checkpoint. Targets give the loss bound.
    command: recorded as provenance. copy: name of the file beside the certificate that `checkpoint_copy` is written
    to, if it is. progress: called with what is being done.
    Raises InputError for a proposal that does not fit the network, and for what the statements do not cover.
    """
    if proposal.sets is not None:
        check_layer_sets(proposal.sets, network.depth)
    ladder = ladder_for(proposal, data)
    refuse_what_is_not_covered(network, ladder, proposal.sets)
    if data is not None:
        check_data(data, network)
        progress("measuring the input radius")
        network = with_input_radius(network, measured_input_radius(data))
    measured = measure(network, data, progress)
    acceptable = acceptable_error_for(proposal, network, ladder, measured)
    goal = Goal(acceptable, measured.trivial, proposal.target.xi, measured.least_changes)
    rungs = []
    for theory in ladder:
        progress(f"rung {theory.rung.name}")
        at_data = block_measure(theory, network, data, proposal, progress)
        rungs.append(run_rung(theory, network, proposal, goal, measured.loss, at_data))
    verdict = verdict_of_rungs(rungs)
    certificate = Certificate(
        provenance=provenance(command, network, data, copy),
        network=network_record(network),
        proposal=proposal_record(proposal),
        target=target_record(proposal.target, goal.error),
        trivial_bound=trivial_record(measured),
        dense_loss=None if measured.loss is None else upper_decimal(measured.loss),
        statements=statement_records(ladder),
        rungs=rungs,
        verdict=verdict,
        reason=reason_of_rungs(verdict, rungs),
    )
    return certificate.sealed()


def ladder_for(proposal: Proposal, data: Data | None) -> tuple[Theory, ...]:
    """The rungs about such a proposal; those that measure at the data only where there are data."""
    found = theories(library(proofs=False), proposal.mode, proposal.draw)
    return tuple(theory for theory in found if data is not None or theory.rung.scheme is not Scheme.PER_SAMPLE)


def block_measure(
    theory: Theory,
    network: Network,
    data: Data | None,
    proposal: Proposal,
    progress: Callable[[str], None] = lambda stage: None,
) -> BlockMeasure | None:
    """What a PER_SAMPLE rung measures with; None for all others."""
    if data is None or theory.rung.scheme is not Scheme.PER_SAMPLE:
        return None
    return BlockMeasure(theory, network, data, proposal, progress)


def checkpoint_copy(network: Network) -> bytes | None:
    """The safetensors copy of a network whose file only torch can read; None for all others."""
    return safetensors_copy(network) if network.origin.is_torch else None


def measure(network: Network, data: Data | None, progress: Callable[[str], None]) -> Measured:
    """The trivial bound and the loss."""
    if data is None:
        return Measured(round_down(worst_case(network)), True, None)
    progress("evaluating the network on the data")
    outputs = forward_enclosure(network, data)
    second_moment = lower_rational(mean_square(outputs)) or Fraction(0)
    loss = loss_enclosure(outputs, data)
    trivial = round_down(max(second_moment, Fraction(0)))
    is_classifier = data.labels is not None and network.widths[-1] > 1
    changes = least_changes(outputs) if is_classifier else None
    return Measured(trivial, False, None if loss is None else round_up(loss), changes)


def worst_case(network: Network) -> Fraction:
    """What E||Phi||^2 can be at most over the unit ball; for random weights, over the law's mean as well."""
    scaled, lipschitz = scaled_network(network), Fraction(1)
    norms = max(Fraction(1), round_up(network.input_radius))
    for layer in network.layers:
        constant = Fraction(1) if layer.activation is None else round_up(evaluate(layer.activation.lipschitz, {}))
        lipschitz *= constant
        norms *= round_up(layer.operator_norm)
    worst = min(scaled.c_1 ** (2 * scaled.depth) * scaled.error_scale, (norms * lipschitz) ** 2)
    if network.origin.mean_square_gain is not None:
        worst = min(worst, network.origin.mean_square_gain * lipschitz**2)
    return worst


def acceptable_error_for(
    proposal: Proposal, network: Network, ladder: tuple[Theory, ...], measured: Measured
) -> Fraction:
    """The target as a squared distance, rounded down."""
    target = proposal.target
    if target.absolute is not None:
        return target.absolute
    if target.relative is not None:
        return target.relative * measured.trivial
    assert target.xi is not None
    theorem = next((t for t in ladder if t.rung.decides and "wide" not in t.roles), None)
    if theorem is None:
        raise InputError(f"xi={target.xi}: no rung is a theorem with a target xi; use --max-relative-error")
    return acceptable_error(theorem, scaled_network(network), target.xi)


def verdict_of_rungs(rungs: list[RungRecord]) -> Verdict:
    """HOLDS if a deciding rung holds, FAILS if all fail, else UNKNOWN."""
    return disjunction(rung.verdict for rung in rungs if rung.decides)


def reason_of_rungs(verdict: Verdict, rungs: list[RungRecord]) -> str:
    """What the rung that decides says, or of several the one with the least error, if any speaks of the network."""
    deciding = [rung for rung in rungs if rung.decides]
    chosen = [rung for rung in deciding if rung.verdict is verdict] or deciding
    with_error = [rung for rung in chosen if rung.error_bound is not None]
    evaluated = [rung for rung in chosen if rung.assumptions] or chosen
    best = min(with_error, key=lambda r: Fraction(r.error_bound or 0), default=evaluated[0])
    caveat = "; not certified by this statement, which is no proof that the network cannot be compressed"
    return f"{best.name}: {best.reason}{caveat if verdict is Verdict.FAILS else ''}"


def trivial_record(measured: Measured) -> TrivialBound:
    """The trivial bound and what it means."""
    meaning = (
        "worst case over inputs in the unit ball: min(c_1^{2m}, product of (L_l sigma_l)^2; random weights: its mean)"
        if measured.worst_case
        else "lower bound on E||Phi(x)||^2 over the data: the error of the zero network"
    )
    return TrivialBound(
        value=upper_decimal(measured.trivial, 15) or "0", worst_case=measured.worst_case, meaning=meaning
    )


def provenance(command: str | None, network: Network, data: Data | None, copy: str | None) -> Provenance:
    inputs = {}
    if network.origin.sha256 is not None:
        inputs[network.origin.path or "network"] = network.origin.sha256
    if data is not None:
        inputs[data.description] = data.sha256
    content = checkpoint_copy(network)
    return Provenance(
        versions=versions(VERSIONED),
        command=command or "boundcheck.verify",
        seed=None,
        inputs_sha256=inputs,
        checkpoint_copy=None if content is None else CopyRecord(path=copy, sha256=hashlib.sha256(content).hexdigest()),
    )


def command_line(arguments: list[str]) -> str:
    """The command as a shell would take it."""
    return shlex.join(["boundcheck", *arguments])
