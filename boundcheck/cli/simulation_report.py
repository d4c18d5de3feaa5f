"""What a person reads of a simulation. Everything is taken from the record; nothing is decided here."""

from collections import Counter
from statistics import median

from rich.table import Table

from boundcheck.core.statement import Sense
from boundcheck.trial.verdict_record import ClaimVerdict, Decided, SimulationRecord, TrialVerdict

from .rendering import console
from .tables import plain_table

MOST_SHOWN = 10
WAYS = {
    Decided.SAMPLING: "sampling",
    Decided.ENUMERATION: "enumeration",
    Decided.REALIZATION: "exhibited",
    Decided.ARITHMETIC: "arithmetic",
}


def print_simulation(found: SimulationRecord) -> None:
    """A table by statement, what was refuted or stayed open, what did not apply, and the sum of it."""
    out = console()
    out.print(_table(found))
    out.print("tightness: right side over left side, least and median")
    for verdict in (TrialVerdict.REFUTED, TrialVerdict.UNDECIDED):
        chosen = [one for one in claims_of(found) if one.verdict is verdict]
        for one in chosen[:MOST_SHOWN]:
            out.print()
            out.print(_told(one))
        if len(chosen) > MOST_SHOWN:
            out.print(f"... and {len(chosen) - MOST_SHOWN} more {verdict}; see --record")
    reasons = Counter((one.statement, one.reason) for one in found.not_applicable)
    if reasons:
        out.print()
    for (statement, reason), count in list(reasons.items())[:MOST_SHOWN]:
        out.print(f"not applicable, {count} times: {statement}: {reason}")
    out.print()
    print_last_line(found)
    out.print(f"records: {found.store}")


def print_last_line(found: SimulationRecord, wrap: bool = True) -> None:
    """How many claims are supported, refuted, undecided, and at which confidence."""
    claims = claims_of(found)
    counts = Counter(one.verdict for one in claims)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in TrialVerdict)
    if lowered := [one for one in found.verdicts if one.power is not None]:
        refuted = sum(one.verdict is TrialVerdict.REFUTED for one in lowered)
        console().print(f"power: {refuted} of {len(lowered)} lowered right sides are REFUTED, as they should be")
    sampled = sum(1 for one in found.verdicts if one.error_probability is not None)
    chance = f"; confidence {found.plan['confidence']} in all {sampled} that were sampled at once" if sampled else ""
    console().print(f"{len(claims)} claims: {told}{chance}", soft_wrap=not wrap)


def claims_of(found: SimulationRecord) -> list[ClaimVerdict]:
    """The verdicts on the statements' own claims, without those on lowered right sides."""
    return [one for one in found.verdicts if one.power is None]


def _table(found: SimulationRecord) -> Table:
    table = plain_table("statement", "claims, decided by", "verdicts", "tightness", unbroken=("statement", "tightness"))
    groups: dict[tuple[str, str, str, str], list[ClaimVerdict]] = {}
    for one in claims_of(found):
        group = (one.statement, one.variant, ", ".join(one.claims), WAYS[one.decided_by])
        groups.setdefault(group, []).append(one)
    for (statement, variant, claims, way), some in sorted(groups.items(), key=lambda group: _order(group[0])):
        counts = Counter(one.verdict for one in some)
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in TrialVerdict if counts[verdict])
        table.add_row(f"{statement}, {variant}", f"{claims}: {way}", told, _tightness(some))
    return table


def _order(group: tuple[str, str, str, str]) -> tuple[str, int, tuple[str, ...]]:
    """By the statement's number, printed before corrected."""
    kind, _, number = group[0].rpartition("-")
    return kind, int(number) if number.isdigit() else 0, (group[2], "" if group[1] == "printed" else group[1], group[3])


def _tightness(some: list[ClaimVerdict]) -> str:
    """Right side over left side: least and median; counts have none."""
    found = [one.tightness for one in some if one.tightness is not None and one.sense is not Sense.EQUALITY]
    return f"{min(found):.3g}, {median(found):.3g}" if found else "-"


def _told(one: ClaimVerdict) -> str:
    right = "" if one.right is None else f", right side {float(one.right):.6g}"
    limits = " unknown" if one.left.lower is None else f" in [{one.left.lower:.6g}, {one.left.upper:.6g}]"
    needed = "" if one.needed is None else f"; about {one.needed:,} repeats would decide it"
    note = f" ({one.note})" if one.note else ""
    return (
        f"{one.verdict}: {one.statement}, {one.variant}, {', '.join(one.claims)} at {one.instance}, {one.draw}: left "
        f"side{limits}{right}, {one.repeats} repeats{needed}{note}"
    )
