"""Changes a JSON file's values by path, with digests left stale or written anew, as a forger would."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from boundcheck.check.check import check
from boundcheck.check.report import Answer, CheckReport
from boundcheck.core.content_digest import FIELD, part_digests

Content = dict[str, Any]
Change = Callable[[Content], None]


def keys(path: str) -> list[str | int]:
    """``rungs[2].blocks[0].draws`` as keys; a key with dots is written in quotes."""
    found = re.findall(r"\[(\d+)\]|'([^']+)'|([^.\[\]']+)", path)
    return [int(index) if index else quoted or name for index, quoted, name in found]


def value_at(content: Any, path: str) -> Any:
    for key in keys(path):
        content = content[key]
    return content


def put(path: str, value: Any) -> Change:
    """Set one value; a callable is given the old one."""

    def change(content: Content) -> None:
        *way, last = keys(path)
        place: Any = content
        for key in way:
            place = place[key]
        place[last] = value(place[last]) if callable(value) else value

    return change


def drop(path: str) -> Change:
    """Take an item or a part out."""

    def change(content: Content) -> None:
        *way, last = keys(path)
        place: Any = content
        for key in way:
            place = place[key]
        place.pop(last)

    return change


def times(factor: str) -> Callable[[str], str]:
    """A decimal (or quotient) times a factor, as text."""
    from fractions import Fraction

    from boundcheck.exact.ball import upper_decimal

    return lambda text: upper_decimal(Fraction(text) * Fraction(factor), 15) or ""


def both(*changes: Change) -> Change:
    def change(content: Content) -> None:
        for one in changes:
            one(content)

    return change


def forged(original: Path, change: Change, sealed: bool) -> Path:
    """The changed file beside the original, its digests written anew if ``sealed``."""
    content = json.loads(original.read_text())
    change(content)
    if sealed:
        content[FIELD] = part_digests(content)
    path = original.with_name(f"forged-{original.name}")
    path.write_text(json.dumps(content))
    return path


def reported(report: CheckReport) -> list[str]:
    """The paths that do not match or could not be checked."""
    return [finding.path for answer in (Answer.DIFFERS, Answer.OPEN) for finding in report.findings(answer)]


def check_forged(original: Path, change: Change, sealed: bool, **places: Any) -> CheckReport:
    return check(forged(original, change, sealed), **places)


def leaves(content: Any, path: str = "") -> Iterator[str]:
    """The path of every value that is no object or list."""
    if isinstance(content, dict):
        for name, below in content.items():
            quoted = f"'{name}'" if re.search(r"[.\[\]]", name) else name
            yield from leaves(below, f"{path}.{quoted}" if path else quoted)
    elif isinstance(content, list):
        for place, below in enumerate(content):
            yield from leaves(below, f"{path}[{place}]")
    else:
        yield path
