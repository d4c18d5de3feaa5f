"""`boundcheck simulate`: run the random compression many times and hold it against the inequalities."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import exit_codes

if TYPE_CHECKING:
    from boundcheck.trial.plan import Plan
    from boundcheck.trial.verdict_record import SimulationRecord

SMALL, RUN, OUTPUT = "A small plan without a file", "Running", "Output"
Option = typer.Option
Text = str | None
NAME, NUMBER = "NAME,...", "NUMBER,..."


def simulate(
    context: typer.Context,
    plan: Annotated[Path | None, typer.Argument(help="TOML file; see the README")] = None,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="SQLite file of the records; PLAN.sqlite", rich_help_panel=OUTPUT)
    ] = None,
    statement: Annotated[
        Text, Option(metavar=NAME, help="for example proposition-19; all if left out", rich_help_panel=SMALL)
    ] = None,
    variant: Annotated[Text, Option(metavar=NAME, help="printed, corrected", rich_help_panel=SMALL)] = None,
    law: Annotated[
        Text,
        Option(
            metavar=NAME,
            help="glorot, kaiming, heavy-tailed, spiked, orthogonal, rank-deficient",
            rich_help_panel=SMALL,
        ),
    ] = None,
    trained: Annotated[Text, Option(metavar="NAME", help="digits or california", rich_help_panel=SMALL)] = None,
    widths: Annotated[Text, Option(metavar=NUMBER, help="for example 3,8,4", rich_help_panel=SMALL)] = None,
    activation: Annotated[Text, Option(metavar=NAME, help="of the hidden layers", rich_help_panel=SMALL)] = None,
    mode: Annotated[Text, Option(metavar=NAME, help="prune, quantize, structured", rich_help_panel=SMALL)] = None,
    alpha: Annotated[Text, Option(metavar=NUMBER, help="fraction processed", rich_help_panel=SMALL)] = None,
    bernoulli: Annotated[Text, Option(metavar=NUMBER, help="keep probability of a draw", rich_help_panel=SMALL)] = None,
    levels: Annotated[Text, Option(metavar=NUMBER, help="quantization levels", rich_help_panel=SMALL)] = None,
    samples: Annotated[Text, Option(metavar="NUMBER", help="inputs of each network", rich_help_panel=SMALL)] = None,
    seed: Annotated[Text, Option(metavar="NUMBER", help="of all that is random", rich_help_panel=SMALL)] = None,
    repeats: Annotated[Text, Option(metavar="NUMBER", help="of a claim at most", rich_help_panel=SMALL)] = None,
    confidence: Annotated[
        Text, Option(metavar="NUMBER", help="that no claim is judged wrongly", rich_help_panel=SMALL)
    ] = None,
    workers: Annotated[str, Option(metavar="NUMBER", help="processes", rich_help_panel=RUN)] = "1",
    cluster: Annotated[
        Text, Option(metavar="ADDRESS", help="a dask scheduler, tcp://HOST:PORT", rich_help_panel=RUN)
    ] = None,
    record: Annotated[
        Path | None, Option(metavar="FILE", help="write the verdicts to this file (JSON)", rich_help_panel=OUTPUT)
    ] = None,
    report: Annotated[
        Path | None, Option(metavar="FILE", help="write a table of the verdicts (Markdown)", rich_help_panel=OUTPUT)
    ] = None,
    as_json: Annotated[bool, Option("--json", help="print the verdicts (JSON)", rich_help_panel=OUTPUT)] = False,
    quiet: Annotated[bool, Option("--quiet", help="print the last line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Draw compressed networks at random and test the inequalities, at a stated confidence. Runs on where it stopped.

    Exit codes: 0 every claim is supported; 1 one is refuted; 2 bad input; 3 one is undecided.
    """
    from boundcheck.certify.verify import command_line
    from boundcheck.network.files import check_writable, write_bytes_whole
    from boundcheck.trial.simulate import simulate as run
    from boundcheck.trial.workers import Workers

    from . import simulation_report
    from .given import integer
    from .rendering import working

    given = {
        "statements": statement, "variants": variant, "law": law, "trained": trained, "widths": widths,
        "activation": activation, "mode": mode, "alpha": alpha, "bernoulli": bernoulli, "levels": levels,
        "samples": samples, "seed": seed, "repeats": repeats, "confidence": confidence,
    }  # fmt: skip
    read, text = _plan(plan, {name: value for name, value in given.items() if value is not None})
    store = out or (plan.with_suffix(".sqlite") if plan is not None else Path("simulation.sqlite"))
    engine = Workers(integer("workers", workers, "2"), cluster)
    for path in filter(None, (store, record, report)):
        check_writable(path)
    with working("preparing", shown=not (quiet or as_json)) as progress:
        found = run(
            read,
            store,
            text=text,
            workers=engine,
            command=command_line(context.obj),
            progress=lambda stage, share: progress(stage),
        )
    if record is not None:
        write_bytes_whole(record, found.to_json().encode())
    if report is not None:
        from boundcheck.report.verdict_table import verdict_table

        write_bytes_whole(report, verdict_table(found.to_json()).encode())
    if as_json:
        sys.stdout.write(found.to_json())
    elif quiet:
        simulation_report.print_last_line(found, wrap=False)
    else:
        simulation_report.print_simulation(found)
    raise typer.Exit(_exit_code(found))


def _exit_code(found: "SimulationRecord") -> int:
    from .simulation_report import claims_of

    verdicts = {verdict.verdict.value for verdict in claims_of(found)}
    if "REFUTED" in verdicts:
        return exit_codes.FAILS
    return exit_codes.UNKNOWN if "UNDECIDED" in verdicts else exit_codes.HOLDS


def _plan(path: Path | None, given: dict[str, str]) -> tuple["Plan", str]:
    """The plan of the file, or of the options."""
    from boundcheck.core.errors import InputError
    from boundcheck.trial.plan import parse_plan, read_plan

    if path is not None:
        if given:
            name, value = next(iter(given.items()))
            raise InputError(f"{name.removesuffix('s')}={value}: the plan {path} says that; change it there")
        return read_plan(path)
    missing = [name for name in ("widths", "mode", "alpha") if name not in given]
    if missing:
        raise InputError(
            f"{missing[0]}: not given; name a plan (TOML), or say at least --law, --widths, --mode, --alpha and "
            "--bernoulli or --levels"
        )
    return parse_plan(_tables(given), "options"), ""


def _tables(given: dict[str, str]) -> dict[str, Any]:
    """The tables of a plan with one network and one draw."""
    lists = {name: [part.strip() for part in value.split(",")] for name, value in given.items()}
    whole: dict[str, Any] = {name: given[name] for name in ("seed", "repeats", "confidence") if name in given}
    network: dict[str, Any] = {name: lists[name] for name in ("law", "widths", "activation") if name in lists}
    network |= {name: given[name] for name in ("trained", "samples") if name in given}
    draw = {name: lists[name] for name in ("mode", "alpha", "bernoulli", "levels") if name in lists}
    listed: dict[str, Any] = {name: lists[name] for name in ("statements", "variants") if name in lists}
    return {"name": "command line", **whole, **listed, "network": [network], "draw": [draw]}
