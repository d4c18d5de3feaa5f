"""`boundcheck audit`: replay the proofs step by step, as printed and as corrected."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import exit_codes

if TYPE_CHECKING:
    from rich.console import Console

    from boundcheck.audit.ledger import Ledger, StatementAudit


def audit(
    statements: Annotated[list[str] | None, typer.Argument(help="ids or aliases; all if none is named")] = None,
    variant: Annotated[str | None, typer.Option(metavar="NAME", help="printed or corrected; both if left out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the ledger, one JSON object")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write the ledger to this file")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="write a self-contained page")] = None,
    errata: Annotated[Path | None, typer.Option(metavar="FILE", help="write what is wrong in print (Markdown)")] = None,
) -> None:
    """Replay proofs step by step; exit code 1 if a corrected proof or claim is refuted or undecided."""
    from boundcheck.audit.replay import audit as replay
    from boundcheck.core.errors import InputError
    from boundcheck.network.files import check_writable, write_bytes_whole

    from .rendering import note, working

    if variant not in (None, "printed", "corrected"):
        raise InputError(f"variant={variant}: expected printed or corrected; leave it out for both")
    if errata is not None and variant is not None:
        raise InputError(f"errata={errata}: compares both variants, and variant={variant} leaves one out; drop it")
    for path in filter(None, (out, html, errata)):
        check_writable(path)
    with working("replaying proofs", shown=not as_json) as progress:
        ledger = replay(
            statements or (),
            (variant,) if variant else ("printed", "corrected"),
            progress=lambda what, done, total: progress(f"replayed {what}, {done} of {total}"),
        )
    if out is not None:
        write_bytes_whole(out, ledger.to_json().encode())
    if html is not None:
        from boundcheck.report.audit_page import audit_page

        write_bytes_whole(html, audit_page(ledger.to_json()).encode())
    if errata is not None:
        write_bytes_whole(errata, _errata(ledger).encode())
    if as_json:
        sys.stdout.write(ledger.to_json())
    else:
        _print(ledger)
        if out is not None:
            note(f"ledger written to {out}")
    raise typer.Exit(exit_codes.FAILS if _is_broken(ledger) else exit_codes.HOLDS)


def _errata(ledger: "Ledger") -> str:
    """The errata of the papers that were audited, one after the other."""
    from boundcheck.library import library
    from boundcheck.report.errata import errata

    papers = dict.fromkeys(record.paper for record in ledger.statements)
    found = [library().papers[name] for name in papers]
    return "\n".join(errata(ledger.to_json(), p.title, f"{', '.join(p.authors)}. {p.citation}", p.id) for p in found)


def _is_broken(ledger: "Ledger") -> bool:
    """Whether a proof or claim (in its corrected form if that was audited) is refuted, undecided or not written yet.

    So is a statement of which no instance is known: it may be about nothing.
    """
    variants = {record.variant for record in ledger.statements}
    final = [r for r in ledger.statements if r.variant == ("corrected" if "corrected" in variants else "printed")]
    statuses = [status for r in final for status in (r.proof_status, r.claim_status, r.instance.status)]
    return any(status in {"REFUTED", "UNKNOWN", "VACUOUS", None} for status in statuses)


def _print(ledger: "Ledger") -> None:
    from .rendering import console
    from .tables import plain_table

    out = console()
    table = plain_table("statement", "variant", "proof", "claim", "steps", unbroken=("statement", "proof", "claim"))
    for record in ledger.statements:
        if record.kind not in {"definition", "assumption"}:
            table.add_row(
                record.id, record.variant, _word(record.proof_status), _word(record.claim_status), _tally(record)
            )
    out.print(table)
    for record in ledger.statements:
        _print_problems(record, out)
    out.print()
    for variant, counts in ledger.counts.items():
        total = sum(counts.values())
        out.print(f"{variant}: {total} steps, " + ", ".join(f"{counts[s]} {s}" for s in counts if counts[s]))


def _print_problems(record: "StatementAudit", out: "Console") -> None:
    """What is refuted or undecided, and where the steps do not hang together."""
    for step in record.steps:
        if step.status in {"REFUTED", "UNKNOWN"}:
            out.print()
            out.print(f"{record.id}, {record.variant}: {step.id} {step.equation} is {step.status}: {step.claim}")
            out.print(f"  {step.note}" if step.note else "  no reason given")
            if step.witness:
                out.print("  at " + ", ".join(f"{name} = {value}" for name, value in step.witness.items()))
    if record.gaps:
        out.print()
        out.print(f"{record.id}, {record.variant}: the steps leave gaps")
        for gap in record.gaps:
            out.print(f"  {gap}")
    if record.instance.status != "PROVED":
        out.print()
        out.print(f"{record.id}, {record.variant}: {record.instance.status}: no instance; {record.instance.note}")


def _word(status: str | None) -> str:
    return status or "not written yet"


def _tally(record: "StatementAudit") -> str:
    from boundcheck.audit.chain import SETTING

    found: dict[str, int] = {}
    for step in record.steps:
        if step.rule not in SETTING:
            found[step.status] = found.get(step.status, 0) + 1
    return ", ".join(f"{count} {status}" for status, count in found.items()) or "-"
