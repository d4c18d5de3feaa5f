"""`solve`: an inverse problem in, every rung's answer out."""

from collections.abc import Callable
from fractions import Fraction

from boundcheck.certify.certificate import ProposalRecord
from boundcheck.certify.coverage import refuse_what_is_not_covered
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.records import network_record, proposal_record, statement_records, target_record
from boundcheck.certify.theory import Theory
from boundcheck.certify.verify import block_measure, ladder_for, measure, provenance
from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict, disjunction
from boundcheck.exact.ball import rational_text, upper_decimal
from boundcheck.network.data import Data, check_data
from boundcheck.network.layer_sets import check_layer_sets
from boundcheck.network.measure import measured_input_radius
from boundcheck.network.network import Network, with_input_radius

from .budget import best_split
from .least_error import least_error
from .question import NetworkOfWidth, Progress, Question
from .record import Answer, Least, QuestionRecord, Solution
from .shares import fewest_levels, least_keep
from .widths import least_width

RESOLUTION = Fraction(1, 1000)


def solve(
    network: Network,
    proposal: Proposal,
    least: Least,
    data: Data | None = None,
    *,
    layer: int | None = None,
    network_of_width: NetworkOfWidth | None = None,
    budget: Fraction | None = None,
    resolution: Fraction = RESOLUTION,
    command: str | None = None,
    progress: Progress = lambda stage: None,
) -> Solution:
    """The least keep, levels, error or width that each rung certifies, or the split of a budget with the least error.

    proposal: what is searched for is replaced (``keep``, ``levels``); for an error or a split its target is not used.
    layer, network_of_width: for a width, whose output it is, and the network at every width of that layer.
    budget: for a split, the fraction of the whole network's weights that may stay nonzero.
    resolution: keep and split in steps of this, the error to this relative precision.
    Raises InputError for what does not fit together, and for what the statements do not cover.
    """
    _check(network, proposal, least, data, layer, network_of_width, budget, resolution)
    ladder = ladder_for(proposal, data)
    refuse_what_is_not_covered(network, ladder, proposal.sets)
    if data is not None:
        check_data(data, network)
        progress("measuring the input radius")
        network = with_input_radius(network, measured_input_radius(data))
    measures = {theory: block_measure(theory, network, data, proposal, progress) for theory in ladder}
    question = Question(network, proposal, measure(network, data, progress), ladder, measures)
    find: dict[Least, Callable[[Theory], Answer]] = {
        Least.KEEP: lambda theory: least_keep(theory, question, resolution, progress),
        Least.LEVELS: lambda theory: fewest_levels(theory, question, progress),
        Least.ERROR: lambda theory: least_error(theory, question, resolution, progress),
        Least.WIDTH: lambda theory: least_width(
            theory, question, layer or 0, network_of_width or (lambda width: network), progress
        ),
        Least.SPLIT: lambda theory: best_split(theory, question, budget or Fraction(0), resolution, progress),
    }
    answers = [find[least](theory) for theory in ladder]
    verdict = disjunction(found.verdict for found in answers if found.decides)
    without_target = least in (Least.ERROR, Least.SPLIT)
    asked = QuestionRecord(
        least=least,
        layer=layer,
        budget=None if budget is None else rational_text(budget),
        resolution=None if least in (Least.LEVELS, Least.WIDTH) else rational_text(resolution),
    )
    return Solution(
        provenance=provenance(command or "boundcheck.solve", network, data, None),
        question=asked,
        network=network_record(network),
        proposal=_without(proposal_record(proposal), least),
        target=None if without_target else target_record(proposal.target, question.goal().error),
        trivial_bound=upper_decimal(question.measured.trivial, 15) or "0",
        statements=statement_records(ladder),
        answers=answers,
        verdict=verdict,
        reason=_reason(answers, verdict, least),
    ).sealed()


def _without(record: ProposalRecord, least: Least) -> ProposalRecord:
    """What is searched for stands in no record of what was proposed."""
    match least:
        case Least.KEEP | Least.SPLIT:
            return record.model_copy(update={"keep": None})
        case Least.LEVELS:
            return record.model_copy(update={"levels": None, "bits_per_weight": None})
    return record


def _reason(answers: list[Answer], verdict: Verdict, least: Least) -> str:
    """What the deciding rung with the least value found; without one, why the first does not hold."""
    deciding = [found for found in answers if found.decides]
    with_value = [found for found in deciding if found.value is not None and found.verdict is verdict]
    if with_value:
        best = min(with_value, key=lambda found: Fraction(found.value or 0))
        return f"{best.rung}: {'error' if least is Least.SPLIT else least} {best.value}"
    chosen = next((found for found in deciding if found.verdict is verdict), deciding[0])
    return f"{chosen.rung}: none of the {len(chosen.attempts)} values tried; {chosen.certificate.reason}"


def _check(
    network: Network,
    proposal: Proposal,
    least: Least,
    data: Data | None,
    layer: int | None,
    network_of_width: NetworkOfWidth | None,
    budget: Fraction | None,
    resolution: Fraction,
) -> None:
    """What does not fit together, before any work."""
    if proposal.sets is not None:
        check_layer_sets(proposal.sets, network.depth)
    prunes = proposal.mode.prunes
    if least is Least.LEVELS and prunes:
        raise InputError(f"least={least}: belongs to quantization; propose levels, the number given is not used")
    if least in (Least.KEEP, Least.SPLIT) and not prunes:
        raise InputError(f"least={least}: belongs to pruning; propose keep, the number given is not used")
    if not 0 < resolution < 1 or (1 / resolution).denominator != 1:
        raise InputError(f"resolution={resolution}: expected 1/N for an integer N > 1; give for example 0.001")
    if (layer is not None) != (least is Least.WIDTH):
        raise InputError(f"least={least}, layer={layer}: a layer is named where its width is wanted, and only there")
    if layer is not None and not 1 <= layer <= network.depth:
        raise InputError(f"layer={layer}: the network has layers 1 to {network.depth}; name one of them")
    if least is Least.WIDTH and (network_of_width is None or data is not None):
        raise InputError("least=width: needs a network known by widths, not a checkpoint or data; give --widths")
    if (budget is not None) != (least is Least.SPLIT):
        raise InputError(f"least={least}, budget={budget}: a budget is what is split, and given there alone")
    if budget is not None and not 0 < budget < 1:
        raise InputError(f"budget={budget}: expected a fraction in (0, 1); 0.4 keeps 40% of all weights")
    if least is Least.SPLIT and proposal.sets is None:
        raise InputError("least=split: name the layers among which the budget is split, with --wide and --bottleneck")
