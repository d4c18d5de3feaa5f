"""The console entry: collects the commands and turns errors into one line and an exit code."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from boundcheck.core.errors import BoundcheckError

from . import exit_codes
from .audit import audit
from .check import EPILOG as CHECK_EPILOG
from .check import check
from .compare import EPILOG as COMPARE_EPILOG
from .compare import compare
from .compress import compress
from .export import export
from .ladder import ladder
from .list_statements import list_statements
from .show import show
from .simulate import simulate
from .solve import EPILOG as SOLVE_EPILOG
from .solve import solve
from .train import train
from .verify import verify

USAGE_ERROR = typer.BadParameter.__mro__[1]  # typer exports only this subclass of it

app = typer.Typer(
    help="Checks theorems about compressing neural networks against real networks, with rigorous arithmetic.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=exit_codes.EPILOG)(verify)
app.command(epilog=SOLVE_EPILOG)(solve)
app.command()(compress)
app.command(epilog=CHECK_EPILOG)(check)
app.command(epilog=COMPARE_EPILOG)(compare)
app.command()(simulate)
app.command()(export)
app.command()(ladder)
app.command()(show)
app.command(name="list")(list_statements)
app.command()(train)
app.command()(audit)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"boundcheck {version('boundcheck')}")
        except PackageNotFoundError:
            print("boundcheck, run from its source folder without being installed")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line on ``arguments`` (default: the process's own); always ends by SystemExit."""
    _never_stumble_over_encodings()
    if arguments is None:
        _end_quietly_when_nobody_reads()
    sys.exit(_exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def _exit_code(arguments: list[str]) -> int:
    try:
        result = app(arguments, prog_name="boundcheck", standalone_mode=False, obj=arguments)
        return result if isinstance(result, int) else exit_codes.HOLDS
    except BoundcheckError as error:
        return _refuse(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return exit_codes.INTERRUPTED
    except OSError as error:
        return _refuse(f"path={error.filename}: {error.strerror}; name another file or folder")
    except Exception as error:
        if isinstance(error, USAGE_ERROR):
            return _refuse(f"{error.format_message().rstrip('.')}; see {_help_of(error)}")  # type: ignore[attr-defined]
        return _broken()


def _refuse(message: str) -> int:
    """One line whatever a file's names hold: line breaks and control characters are made harmless."""
    line = "".join(character if character.isprintable() else " " for character in message)
    print(f"error: {' '.join(line.split())}", file=sys.stderr)
    return exit_codes.BAD_INPUT


def _help_of(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'boundcheck'} --help"


def _broken() -> int:
    """A fault of boundcheck's own: shown whole, for a report, and never taken for an answer."""
    import traceback

    traceback.print_exc()
    print(
        "error: this is a fault in boundcheck, not in the input; please report it with the lines above", file=sys.stderr
    )
    return exit_codes.UNKNOWN


def _never_stumble_over_encodings() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _end_quietly_when_nobody_reads() -> None:
    """`boundcheck ... | head` ends by the signal, as other tools do; rich would exit with 1, which here means FAILS."""
    import signal

    if hasattr(signal, "SIGPIPE"):  # not on Windows
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
