"""Tables of a certificate's records. Numbers are shortened outward, never to the flattering side."""

from collections.abc import Callable, Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from boundcheck.certify.certificate import (
    AssumptionRecord,
    Certificate,
    LayerRecord,
    NetworkRecord,
    RungRecord,
    TermRecord,
)
from boundcheck.core.verdict import Verdict

from .shorten import shorten

STYLES = {Verdict.HOLDS: "bold green", Verdict.FAILS: "bold red", Verdict.UNKNOWN: "bold yellow"}


def styled(verdict: Verdict) -> Text:
    """The verdict in its colour."""
    return Text(str(verdict), style=STYLES[verdict])


def _table(*headers: str, right: Iterable[str] = ()) -> Table:
    """An empty table; the columns in ``right`` hold numbers, which are aligned and never broken."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    numeric = set(right)
    for header in headers:
        is_number = header in numeric
        table.add_column(header, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    return table


def plain_table(*headers: str, unbroken: Iterable[str] = ()) -> Table:
    """An empty table of text; words in the columns ``unbroken`` are never broken over lines."""
    table = _table(*headers)
    for column in table.columns:
        column.no_wrap = column.header in set(unbroken)
    return table


def layer_table(network: NetworkRecord) -> Table:
    """The layers as they were read: shape (of the matrix or the kernels), norms (upper bounds) and activation."""
    convolutions = any(layer.kernel is not None for layer in network.layers)
    numbers = ["layer", "shape", "norm <=", "largest entry <=", *(["block <="] if convolutions else [])]
    table = _table("layer", "name", *numbers[1:], "activation", right=numbers)
    for layer in network.layers:
        bounds = [layer.operator_norm, layer.largest_entry, *([layer.block_norm] if convolutions else [])]
        shortened = (shorten(bound, up=True) for bound in bounds)
        table.add_row(str(layer.number), layer.name, _shape(layer), *shortened, _activation(layer))
    return table


def _shape(layer: LayerRecord) -> str:
    if layer.kernel is None:
        return f"{layer.n_out}x{layer.n_in}"
    return f"{layer.n_out // layer.block}x{layer.n_in // layer.block}x{layer.kernel}x{layer.kernel}"


def _activation(layer: LayerRecord) -> str:
    return layer.activation or "not stated"


def rung_table(certificate: Certificate) -> Table:
    """One column a rung, one row a fact."""
    table = _table("")
    for rung in certificate.rungs:
        table.add_column(rung.name if rung.decides else f"{rung.name}\n(decides\nnothing)", overflow="fold")
    for label, fact in _facts(certificate).items():
        table.add_row(label, *(fact(rung) for rung in certificate.rungs))
    return table


def _facts(certificate: Certificate) -> dict[str, Callable[[RungRecord], str | Text]]:
    shares = Shares(certificate)
    facts: dict[str, Callable[[RungRecord], str | Text]] = {
        "verdict": lambda rung: styled(rung.verdict),
        "wide layers W": lambda rung: ", ".join(map(str, rung.wide)) or "none",
        "bottlenecks B": lambda rung: ", ".join(map(str, rung.bottleneck)) or "none",
        "certified error <=": lambda rung: shorten(rung.error_bound, up=True, missing="none"),
        "  over the trivial bound <=": lambda rung: shorten(rung.relative, up=True, missing="none"),
        "vacuous": lambda rung: {True: "yes", False: "no", None: "-"}[rung.vacuous],
        f"{shares.word}, layers: requested": lambda rung: shares.requested,
        "  promised <=": shares.promised,
        f"{shares.word}, network: requested": shares.requested_of_network,
        "  promised <= ": shares.promised_of_network,
    }
    if any(rung.loss_bound is not None for rung in certificate.rungs):
        facts["loss <="] = lambda rung: shorten(rung.loss_bound, up=True, missing="none")
    return facts


class Shares:
    """Requested and promised shares kept (pruning) or left unquantized, of compressed layers and of the network.

    Of layers they are shares of what is drawn: entries, columns, rows or filters. Of the network, of its weights.
    """

    def __init__(self, certificate: Certificate) -> None:
        proposal = certificate.proposal
        self.prunes = proposal.mode.prunes
        self.word = "kept" if self.prunes else "unquantized"
        self.requested = (proposal.keep if self.prunes else proposal.unquantized) or "-"

    def promised(self, rung: RungRecord) -> str:
        """The largest share in a compressed layer."""
        return shorten(rung.kept_fraction if self.prunes else rung.unquantized_fraction, up=True)

    def requested_of_network(self, rung: RungRecord) -> str:
        """Layers that are not compressed stay whole."""
        return shorten(rung.requested_fraction_network, up=True)

    def promised_of_network(self, rung: RungRecord) -> str:
        """The share of the whole network's weights, uncompressed layers included."""
        return shorten(rung.kept_fraction_network if self.prunes else rung.unquantized_fraction_network, up=True)


def assumption_table(rows: list[AssumptionRecord], word: str) -> Table:
    """Assumptions that fail or are undecided: value and limit, the margin, and the factor between them."""
    numbers = ("layer", "value", "limit", "margin", "missed by")
    table = _table(word, *numbers, right=numbers)
    table.columns[0].min_width = max(len(row.id) for row in rows)
    for row in rows:
        falling = row.relation.startswith(">")
        table.add_row(
            f"{row.id}\n{row.statement}: {row.meaning}",
            "all" if row.layer is None else str(row.layer),
            shorten(row.value, up=not falling),
            f"{row.relation} {shorten(row.limit, up=falling)}",
            shorten(row.margin, up=False),
            "-" if row.missed_by is None else f"{shorten(row.missed_by, up=True)}x",
        )
    return table


def term_table(terms: list[TermRecord]) -> Table:
    """The summands of the error behind each layer, and what share of the output error each is to blame for."""
    numbers = ("layer", "value <=", "of the error")
    table = _table("layer", "term", "from", "value <=", "of the error", right=numbers)
    table.columns[2].no_wrap = True  # a statement's id
    for term in terms:
        share = "" if term.share is None else f"{100 * term.share:.3g}%"
        table.add_row(str(term.layer), term.name, term.origin, shorten(term.value, up=True, missing="overflow"), share)
    return table
