"""What a person reads of a certificate. Everything is taken from its records; nothing is decided here."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from boundcheck.certify.certificate import (
    AssumptionRecord,
    Certificate,
    MeasuredRecord,
    NetworkRecord,
    ProposalRecord,
    RungRecord,
)
from boundcheck.certify.records import network_record
from boundcheck.core.rung import DrawKind, Effort, Mode
from boundcheck.core.verdict import Verdict
from boundcheck.network.network import Network

from .shorten import shorten
from .tables import assumption_table, layer_table, rung_table, styled, term_table

Progress = Callable[[str], None]
PRUNED = {
    Mode.PRUNE: "weights of compressed layers",
    Mode.STRUCTURED: "neurons of compressed layers",
    Mode.CONV: "filters of compressed layers",
}


def console(to_stderr: bool = False) -> Console:
    """A console that prints what it is given: names in a checkpoint are not markup."""
    return Console(stderr=to_stderr, highlight=False, markup=False, emoji=False)


@contextmanager
def working(stage: str, shown: bool = True) -> Iterator[Progress]:
    """Show on a terminal's stderr what is being done; the callable changes the text."""
    if not (shown and sys.stderr.isatty()):
        yield lambda text: None
        return
    with console(to_stderr=True).status(Text(stage)) as status:
        yield lambda text: status.update(Text(text))


def note(text: str) -> None:
    """A remark that is no part of the answer, on stderr."""
    console(to_stderr=True).print(text)


def indented(content: RenderableType, by: int = 2) -> Padding:
    """Text or a table, every line of it moved to the right."""
    return Padding(content, (0, 0, 0, by), expand=False)


def showing_layers_first(network: Network, progress: Progress) -> Progress:
    """Shows the layers when the work starts, that is after all that is refused at once: a refusal stays one line."""
    waiting = [network]

    def report(stage: str) -> None:
        if waiting:
            print_layers(waiting.pop())
        progress(stage)

    return report


def print_layers(network: Network) -> None:
    """The layers as they were understood, on stderr."""
    err = console(to_stderr=True)
    record = network_record(network)
    err.print(f"network: {record.description}")
    err.print(layer_table(record))


def print_certificate(certificate: Certificate) -> None:
    """The whole certificate: what was asked, every rung, and the verdict."""
    out = console()
    out.print(f"asked: {asked(certificate)}")
    if certificate.proposal.mode in (Mode.STRUCTURED, Mode.CONV):
        out.print(f"kept shares count {certificate.proposal.counted}")
    out.print(f"target: {_target(certificate)}")
    out.print(f"trivial bound: {_trivial(certificate)}")
    if certificate.dense_loss is not None:
        out.print(f"loss of the dense network on the data: at most {shorten(certificate.dense_loss, up=True)}")
    out.print(f"constants: {_constants(certificate.network)}")
    out.print()
    out.print(rung_table(certificate))
    for rung in certificate.rungs:
        out.print()
        _print_rung(out, rung)
    out.print()
    print_verdict(certificate)


def print_verdict(certificate: Certificate, wrap: bool = True) -> None:
    """The last line; ``wrap`` False keeps it on one line however long it is."""
    line = Text.assemble("verdict: ", styled(certificate.verdict), f" - {certificate.reason}")
    console().print(line, soft_wrap=not wrap)


def asked(certificate: Certificate) -> str:
    """The proposal in one line."""
    proposal = certificate.proposal
    return f"{_how_much(proposal)}; {_where(proposal)}{_fixed(proposal)}"


def _how_much(proposal: ProposalRecord) -> str:
    if proposal.mode.prunes:
        return f"prune, keep {proposal.keep} of the {PRUNED[proposal.mode]}"
    return (
        f"quantize, levels {proposal.levels} ({proposal.bits_per_weight} bits per weight), "
        f"at most {proposal.unquantized} of the entries left as they are"
    )


def _where(proposal: ProposalRecord) -> str:
    if proposal.wide is None or proposal.bottleneck is None:
        return "layer sets: auto"
    return f"W = {layers(proposal.wide)}, B = {layers(proposal.bottleneck)}"


def _fixed(proposal: ProposalRecord) -> str:
    draw = None if proposal.draw is DrawKind.INDEPENDENT else proposal.draw
    effort = None if proposal.effort is Effort.TIGHT else proposal.effort
    given = {"bernoulli": proposal.bernoulli, "alpha": proposal.alpha, "draw": draw, "effort": effort}
    return "".join(f"; {name} {value}" for name, value in given.items() if value is not None)


def layers(numbers: list[int]) -> str:
    """A set of layers."""
    return f"{{{', '.join(map(str, numbers))}}}"


def _target(certificate: Certificate) -> str:
    target = certificate.target
    meaning = {
        "relative": f"an error of at most {target.value} times the trivial bound",
        "absolute": f"an error of at most {target.value}",
        "xi": f"the theorem's error at xi = {target.value}",
    }[target.kind]
    return f"{meaning}: a mean squared distance of at most {shorten(target.error, up=False)}"


def _trivial(certificate: Certificate) -> str:
    trivial = certificate.trivial_bound
    return f"{shorten(trivial.value, up=False)}, {trivial.meaning}"


def _constants(network: NetworkRecord) -> str:
    found = f"c_1 {shorten(network.c_1, up=True)}, c_2 {shorten(network.c_2, up=True)}"
    found += f", input radius {shorten(network.input_radius, up=True)}"
    if float(network.input_radius) > 1:
        found += " (folded into W_1; the function is unchanged)"
    if any(layer.kernel is not None for layer in network.layers):
        side = math.isqrt(network.layers[0].block)
        found += f"; {side}x{side} feature maps, stride 1, circular padding"
    if network.illustrative:
        return f"{found}; illustrative, so nothing can HOLD"
    return found


def _print_rung(out: Console, rung: RungRecord) -> None:
    out.print(Text.assemble((rung.name, "bold"), ": ", styled(rung.verdict), f" - {rung.reason}"))
    open_rows = []
    for verdict, word in ((Verdict.FAILS, "fails"), (Verdict.UNKNOWN, "undecided")):
        rows = [row for row in rung.assumptions if row.verdict is verdict]
        open_rows += rows
        if rows:
            out.print(indented(assumption_table(rows, word)))
    notes = [f"{row.id}{_at(row)}: {row.note}" for row in open_rows if row.note]
    for line in (*notes, *_held(rung.assumptions)):
        out.print(indented(line))
    _print_draws(out, rung)
    if rung.unchanged_predictions is not None:
        share = shorten(rung.unchanged_predictions, up=False)
        out.print(indented(f"predictions that stay as they are, at this error: at least {share} of the samples"))
    if rung.loss_bound is not None:
        out.print(indented(f"loss of the compressed network: at most {shorten(rung.loss_bound, up=True)}"))
    if rung.terms:
        out.print(indented("where the bound is lost:"))
        out.print(indented(term_table(rung.terms)))


def _at(row: AssumptionRecord) -> str:
    return "" if row.layer is None else f", layer {row.layer}"


def _held(rows: list[AssumptionRecord]) -> list[str]:
    """A count of what holds: what was checked, and by name what was only assumed."""
    held = [row for row in rows if row.verdict is Verdict.HOLDS]
    assumed = [row for row in held if (row.note or "").startswith("assumed")]
    checked = [row for row in held if row not in assumed]
    lines = []
    if checked:
        lines.append(f"hold ({len(checked)}): {_names(checked)}")
    if assumed:
        lines.append(f"hold as assumed, stated and not measured ({len(assumed)}): {_names(assumed)}")
    return lines


def _names(rows: list[AssumptionRecord]) -> str:
    """Names once, with their layers."""
    by_name: dict[str, list[int]] = {}
    for row in rows:
        by_name.setdefault(row.id, []).extend([] if row.layer is None else [row.layer])
    return "; ".join(f"{name} {', '.join(map(str, found))}".rstrip() for name, found in by_name.items())


def _print_draws(out: Console, rung: RungRecord) -> None:
    """The parameters, exactly as they can be given again; they bound nothing and are not shortened."""
    if rung.parameters:
        out.print(indented(f"parameters: {_written(rung.parameters)}"))
    for block in rung.blocks:
        processed = f"{block.draws} of {block.units} {block.unit} processed"
        own = f", {_written(block.parameters)}" if block.parameters else ""
        out.print(indented(f"layer {block.layer}, {block.role}: {processed}{own}"))
        if block.measured is not None:
            out.print(indented(_measured(block.measured), 4))


def _measured(found: MeasuredRecord) -> str:
    """What a block's own error comes to at the network's output, by every way there is."""
    ways = {
        "the later layers' norms": found.at_output_by_norms,
        "the next layer, unit by unit, then norms": found.at_output_by_next_layer,
        "the later layers' slopes at the data": found.at_output_by_derivative,
    }
    own = f"measured ({found.effort}): {shorten(found.behind_block, up=True)} behind the block"
    if {*ways.values()} <= {None, found.behind_block}:
        return own
    told = "; ".join(f"{shorten(value, up=True)} by {way}" for way, value in ways.items() if value is not None)
    return f"{own}; at the output {told}"


def _written(parameters: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parameters.items())
