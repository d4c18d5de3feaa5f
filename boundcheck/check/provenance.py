"""The versions that a file says it was made with: whether they can be, and whether this boundcheck is too old."""

import re
from collections.abc import Mapping, Sequence

from boundcheck.core.versions import NOT_INSTALLED, installed_version

from .findings import Part

VERSION = re.compile(r"(\d+(?:\.\d+)*)[\w.+!-]*")


def check_versions(part: Part, versions: Mapping[str, str], packages: Sequence[str]) -> None:
    """The packages that a file of this schema names, each with a version; a newer boundcheck may mean other things.

    An older boundcheck or another numpy is no difference: all claims are recomputed with the running ones.
    """
    expected = ["python", *packages]
    part.same("provenance.versions", sorted(versions), sorted(expected), "a file of this schema names these")
    for name in expected:
        text = versions.get(name)
        if text is not None:
            is_one = text == NOT_INSTALLED or VERSION.fullmatch(text) is not None
            part.expect(is_one, f"provenance.versions.{name}", text, None, "is no version")
    made, running = versions.get("boundcheck", ""), installed_version("boundcheck")
    if _numbers(made) > _numbers(running):
        why = (
            f"made by a newer boundcheck than this one ({running}), where it may mean something else; update boundcheck"
        )
        part.leave_open("provenance.versions.boundcheck", why, made)
    part.take_as_recorded("provenance.versions", "nothing tells which versions were installed when the file was made")


def _numbers(text: str) -> tuple[int, ...]:
    found = VERSION.fullmatch(text)
    return tuple(int(number) for number in found[1].split(".")) if found else ()
