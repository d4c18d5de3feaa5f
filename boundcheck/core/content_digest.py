"""Digests of a record's parts, which it carries: what was changed afterwards shows, and in which part.

A digest alone proves nothing, since whoever changes the record can write a new one: every claim has to be recomputed
as well. Digests pin what nothing can recompute: the command, the versions, the time it took.
"""

import hashlib
import json
from collections.abc import Mapping

FIELD = "content_sha256"
DESCRIPTION = (
    "of every other part, by name: of its JSON with keys in order, without spaces, characters beyond ASCII escaped"
)


def part_digests(content: Mapping[str, object]) -> dict[str, str]:
    """The SHA-256 of each part of a record, as JSON values, but for the digests themselves."""
    return {name: _digest(part) for name, part in content.items() if name != FIELD}


def _digest(part: object) -> str:
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
