"""What a person reads of a comparison's record. Everything is taken from the record; nothing is decided here."""

from decimal import Decimal

from rich.table import Table
from rich.text import Text

from boundcheck.compare.record import ComparisonRecord, Enclosure, FreshRecord, LayerRecord
from boundcheck.core.verdict import Verdict

from .rendering import console, indented
from .shorten import shorten
from .tables import plain_table, styled

_DECIDED = {
    Verdict.HOLDS: "is at most",
    Verdict.FAILS: "is more than",
    Verdict.UNKNOWN: "may or may not be at most",
}
_MEASURES = {"accuracy": "accuracy", "R^2": "R^2", "loss": "squared loss"}


def print_record(record: ComparisonRecord) -> None:
    """The whole record in a screen: sizes, errors, predictions, limits, and what all that certifies."""
    out = console()
    out.print(f"compared: {record.dense.path} (f) and {record.compressed.path} (g)")
    out.print()
    out.print(_sizes(record))
    for line in (*_unchanged(record), "", f"on the {record.data.samples} samples of {record.data.description}:"):
        out.print(line)
    for line in _errors(record):
        out.print(indented(line))
    if record.scores:
        out.print(indented(_scores(record)))
    for line in (*_limits(record.fresh), ""):
        out.print(line)
    for note in record.notes:
        out.print(f"note: {note}")
    print_last_line(record)


def print_last_line(record: ComparisonRecord, wrap: bool = True) -> None:
    """The verdict, if one was asked for, the error and what is left; ``wrap`` False keeps it on one line."""
    line = Text("compared: ")
    if record.target is not None:
        of_what = " of the dense outputs' mean square" if record.target.kind == "relative" else ""
        claim = f"the error on these samples {_DECIDED[record.target.verdict]} {record.target.value}{of_what}: "
        line = Text.assemble("verdict: ", styled(record.target.verdict), f" - {claim}")
    line.append(f"error {_range(record.error.mean)}")
    if record.error.relative is not None:
        line.append(f" ({_range(record.error.relative)} of the dense outputs' mean square)")
    line.append(f", {shorten(record.totals.kept, up=True)} of the weights kept")
    console().print(line, soft_wrap=not wrap)


def _sizes(record: ComparisonRecord) -> Table:
    """One row a layer, and one for the network."""
    numbers = ("kept <=", "zero rows", "zero columns", "values", "bits <=")
    table = plain_table("layer", "shape", *numbers, "stored as", unbroken=numbers)
    for layer in record.layers:
        table.add_row(
            str(layer.number),
            _shape(layer),
            shorten(layer.kept, up=True),
            str(layer.zero_rows),
            str(layer.zero_columns),
            str(layer.distinct),
            shorten(layer.bits_per_weight, up=True),
            layer.stored_as,
        )
    totals = record.totals
    left, whole = totals.compressed_weights, totals.dense_weights
    weights = f"{whole} weights" if left == whole else f"{left} of {whole}"
    kept, bits = shorten(totals.kept, up=True), shorten(totals.bits_per_weight, up=True)
    table.add_row("network", weights, kept, "", "", "", bits, "")
    return table


def _unchanged(record: ComparisonRecord) -> list[str]:
    """The layers that are the same in both files."""
    same = [str(layer.number) for layer in record.layers if not layer.changed]
    return [f"unchanged: layer{'s' * (len(same) > 1)} {', '.join(same)}"] if same else []


def _shape(layer: LayerRecord) -> str:
    """The compressed layer's; the dense one's too where it differs."""
    shape, dense = ("x".join(map(str, sides)) for sides in (layer.compressed_shape, layer.dense_shape))
    return shape if shape == dense else f"{shape} of {dense}"


def _errors(record: ComparisonRecord) -> list[str]:
    """Enclosures of the error, and how many predictions it changed."""
    found = record.error
    lines = [
        f"error E||f - g||^2: {_range(found.mean)}, of which rounding leaves {_percent(found.relative_width)} open"
    ]
    if found.relative is not None:
        lines.append(f"over E||f||^2, which is {_range(found.dense_second_moment)}: {_range(found.relative)}")
    lines.append(f"of the worst sample: {_range(found.largest)}")
    if record.predictions is not None:
        counts = record.predictions
        lines.append(
            f"predictions: {counts.changed} changed, {counts.unchanged} unchanged, {counts.undecided} undecided"
        )
    return lines


def _percent(share: str) -> str:
    return f"{shorten(str(100 * Decimal(share)), up=True, digits=2)}%"


def _scores(record: ComparisonRecord) -> Table:
    """Accuracy or R^2 and loss, one a row."""
    table = plain_table("", "f, dense", "g, compressed", "change")
    for score in record.scores:
        table.add_row(_MEASURES[score.measure], *map(_range, (score.dense, score.compressed, score.change)))
    return table


def _range(found: Enclosure) -> str:
    """Both ends, rounded outward; one number where they are the same."""
    lower, upper = shorten(found.lower, up=False), shorten(found.upper, up=True)
    return lower if lower == upper else f"[{lower}, {upper}]"


def _limits(fresh: FreshRecord | None) -> list[str]:
    """What holds for the distribution, with confidence; nothing where there is no limit."""
    if fresh is None or (fresh.mean_error is None and fresh.changed_predictions is None):
        return []
    lines = ["", f"for the distribution, with confidence {fresh.confidence} in all:"]
    if fresh.mean_error is not None:
        within = f"(every input of norm up to {fresh.input_radius}: at most {shorten(fresh.largest_error, up=True)})"
        lines.append(f"  mean error at most {shorten(fresh.mean_error, up=True)} {within}")
    if fresh.changed_predictions is not None:
        share = shorten(fresh.changed_predictions, up=True)
        lines.append(f"  probability that a prediction changes at most {share}")
    return lines
