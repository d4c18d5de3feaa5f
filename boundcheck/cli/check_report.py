"""What a person reads of a check: what does not match first, then a line per part, then the answer."""

import re

from rich.text import Text

from boundcheck.check.report import Answer, CheckReport, Finding, PartRecord

from .rendering import console, indented

STYLES = {Answer.AGREES: "bold green", Answer.DIFFERS: "bold red", Answer.OPEN: "bold yellow", Answer.RECORDED: "dim"}
EXIT_CODES = {Answer.AGREES: 0, Answer.DIFFERS: 1, Answer.OPEN: 3}
MOST_FINDINGS = 20


def print_report(report: CheckReport) -> None:
    """The whole report on a screen; the JSON report names every field."""
    out = console()
    for answer in (Answer.DIFFERS, Answer.OPEN):
        found = report.findings(answer)
        if not found:
            continue
        out.print(Text(f"{answer} ({len(found)}):", style=STYLES[answer]))
        for finding in found[:MOST_FINDINGS]:
            out.print(indented(_line(finding)))
        if len(found) > MOST_FINDINGS:
            out.print(indented(f"and {len(found) - MOST_FINDINGS} more; --json names them all"))
        out.print()
    for part in report.parts:
        out.print(_part(part))
    recorded = report.findings(Answer.RECORDED)
    if recorded:
        out.print(Text("taken as recorded, since nothing here can tell:", style=STYLES[Answer.RECORDED]))
        for finding in recorded:
            out.print(indented(Text(f"{finding.path}: {finding.why}", style=STYLES[Answer.RECORDED])))
    out.print()
    print_last_line(report)


def print_last_line(report: CheckReport, wrap: bool = True) -> None:
    """The answer; ``wrap`` False keeps it on one line."""
    compared = sum(part.compared for part in report.parts)
    differ, left = (len(report.findings(answer)) for answer in (Answer.DIFFERS, Answer.OPEN))
    ends = {
        Answer.AGREES: f"all {compared} values of {report.file} were recomputed and agree",
        Answer.DIFFERS: f"{differ} of {compared} values of {report.file}, the first: {_first(report, Answer.DIFFERS)}",
        Answer.OPEN: f"{left} values of {report.file}, the first: {_first(report, Answer.OPEN)}; the others agree",
    }
    line = Text.assemble("check: ", (str(report.answer), STYLES[report.answer]), f" - {ends[report.answer]}")
    console().print(line, soft_wrap=not wrap)


def _first(report: CheckReport, answer: Answer) -> str:
    return next((finding.path for finding in report.findings(answer)), "")


def _part(part: PartRecord) -> Text:
    return Text.assemble(f"{part.name}: ", (str(part.answer), STYLES[part.answer]), f" ({part.compared} compared)")


def _line(finding: Finding) -> Text:
    """The field, what the file says, what was recomputed, and why."""
    text = Text.assemble((finding.path, "bold"))
    if finding.recorded is not None:
        text.append(f": the file says {_shown(finding.recorded)}")
    if finding.recomputed is not None:
        text.append(f"{';' if finding.recorded is not None else ':'} recomputed {_shown(finding.recomputed)}")
    if finding.why is not None:
        text.append(f"{' -' if finding.recorded or finding.recomputed else ':'} {finding.why}")
    return text


def _shown(value: str) -> str:
    """Of a digest the beginning."""
    return f"{value[:12]}..." if re.fullmatch("[0-9a-f]{64}", value) else value
