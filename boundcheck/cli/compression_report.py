"""What a person reads of a compression's record. Everything is taken from the record; nothing is decided here."""

from fractions import Fraction
from pathlib import Path

from rich.table import Table
from rich.text import Text

from boundcheck.compress.record import CompressionRecord, LayerRecord, QualityRecord
from boundcheck.core.rung import DrawKind, Mode
from boundcheck.exact.ball import upper_decimal

from .rendering import console
from .shorten import shorten
from .tables import plain_table

PRUNED = {Mode.PRUNE: "weights", Mode.STRUCTURED: "neurons", Mode.CONV: "filters"}


def print_record(record: CompressionRecord, path: Path) -> None:
    """The whole record in a screen: shares, errors, scores, what to beware of, and where it all is."""
    out = console()
    out.print(_drawn(record))
    out.print()
    out.print(_shares(record))
    out.print()
    for line in (*_measured(record), *_merged(record)):
        out.print(line)
    for line in _warnings(record):
        out.print(Text(line, style="bold yellow"))
    print_last_line(record)
    out.print(f"record: {path}; compressed in {record.seconds:.3g} s on {record.settings.device}")


def print_last_line(record: CompressionRecord, wrap: bool = True) -> None:
    """Where the network is, how much of it is left, and the error; ``wrap`` False keeps it on one line."""
    found, totals = record.measured.compressed, record.totals
    left = _share(totals.achieved)
    what = f"{left} of its weights left" if record.settings.levels is None else f"{left} of its weights unquantized"
    console().print(f"written: {record.network.path}, {what}, {_error(found)}", soft_wrap=not wrap)


def _drawn(record: CompressionRecord) -> str:
    settings, first = record.settings, record.layers[0]
    if settings.draw is DrawKind.EXACT_COUNTS:
        how = f"prune {PRUNED[settings.mode]}, as many of every row (exact counts)"
        return f"drawn: {how}, seed {record.provenance.seed}"
    if settings.levels is not None:
        how = f"quantize, levels {settings.levels} ({record.totals.bits_per_weight} bits per weight)"
    else:
        how = f"prune {PRUNED[settings.mode]}, bernoulli {first.bernoulli}"
    return f"drawn: {how}, alpha {_share(first.alpha)}, order {settings.order}, seed {record.provenance.seed}"


def _shares(record: CompressionRecord) -> Table:
    """One row a layer, and one for the network."""
    word = "kept" if record.settings.levels is None else "unquantized"
    numbers = (f"{word}: requested", "promised <=", "achieved")
    table = plain_table("layer", *numbers, "drawn", unbroken=numbers)
    for layer in record.layers:
        drawn = f"{layer.draws} of {layer.units} {layer.unit}"
        drawn += "" if layer.kept_per_row is None else f", {layer.kept_per_row} kept of a row"
        shares = (_share(share) for share in (layer.requested, layer.promised, layer.achieved))
        table.add_row(f"{layer.layer}, {layer.role}", *shares, drawn)
    totals = record.totals
    shares = (_share(share) for share in (totals.requested, totals.promised, totals.achieved))
    table.add_row("network", *shares, f"of {totals.weights} weights")
    return table


def _share(text: str | None) -> str:
    """Rounded up, as everything that is promised; quotients too."""
    if text is not None and "/" in text:
        text = upper_decimal(Fraction(text))
    return shorten(text, up=True)


def _measured(record: CompressionRecord) -> list[str]:
    found = record.measured
    lines = []
    if record.settings.draw is DrawKind.EXACT_COUNTS:
        lines.append("promises are kept whatever the seed")
    elif record.settings.levels is None:
        chance = shorten(record.totals.probability, up=False)
        lines.append(f"promises are kept with probability at least {chance} (over the seeds)")
    lines.append(f"measured on {found.samples} samples, not certified: {_error(found.compressed)}")
    if found.measure is not None:
        scores = f"{_number(found.dense_score)} dense, {_number(found.compressed.score)} compressed"
        lines.append(f"{found.measure} on them: {scores}")
    if record.settings.projection and found.with_projections is None:
        lines.append("projections: none acts on these samples")
    return lines


def _error(quality: QualityRecord) -> str:
    relative = "" if quality.relative is None else f" ({quality.relative:.4g} of the dense outputs' mean square)"
    return f"error {quality.error:.4g}{relative}"


def _number(score: float | None) -> str:
    return "undefined" if score is None else f"{score:.4f}"


def _merged(record: CompressionRecord) -> list[str]:
    lines = []
    for one in record.merged:
        bias = f", their columns' sum went into layer {one.layer + 1}'s bias" if one.into_bias else ""
        unit = next(layer.unit for layer in record.layers if layer.layer == one.layer)
        lines.append(f"layer {one.layer}: {one.left_out} of {one.units} {unit} are zero and left out of the file{bias}")
    return lines


def _warnings(record: CompressionRecord) -> list[str]:
    lines = [_exceeded(layer) for layer in record.layers if layer.exceeds_promise]
    acting = [one for one in record.projections if one.active]
    for one in acting:
        lines.append(
            f"warning: behind layer {one.layer} a projection onto the ball of radius {one.radius:.4g} acts on "
            f"{one.active} of {one.samples} samples; it is part of the network, but not in the file"
        )
    if record.measured.with_projections is not None:
        projected = record.measured.with_projections
        score = "" if projected.score is None else f", {record.measured.measure} {projected.score:.4f}"
        lines.append(f"with the projections: {_error(projected)}{score}")
    return lines


def _exceeded(layer: LayerRecord) -> str:
    return (
        f"warning: layer {layer.layer} keeps {layer.achieved_units} {layer.unit}, more than the {layer.promised_units} "
        f"promised with probability at least {shorten(layer.probability, up=False)}; take another --seed"
    )
