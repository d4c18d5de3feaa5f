"""Reads a certificate or a compression record: which of the two it is, its JSON as it stands, and its model."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from boundcheck.certify.certificate import SCHEMA as CERTIFICATE
from boundcheck.certify.certificate import Certificate
from boundcheck.compress.record import SCHEMA as COMPRESSION
from boundcheck.compress.record import CompressionRecord
from boundcheck.core.content_digest import FIELD, part_digests
from boundcheck.core.errors import InputError
from boundcheck.network.files import read_file

from .findings import Part

MODELS: dict[str, type[Certificate] | type[CompressionRecord]] = {
    CERTIFICATE: Certificate,
    COMPRESSION: CompressionRecord,
}


@dataclass(frozen=True)
class Document:
    """The file: its path, its digest, its JSON as it stands, and what it says."""

    path: Path
    sha256: str
    content: dict[str, Any]
    record: Certificate | CompressionRecord


def read_document(path: Path) -> Document:
    """Raise InputError unless the file is a certificate or compression record of a known schema."""
    raw = read_file(path)
    content = _json(path, raw)
    schema = content.get("schema")
    if not isinstance(schema, str) or schema not in MODELS:
        raise InputError(
            f"path={path}: schema={str(schema)[:60]}, expected {' or '.join(MODELS)}; name a file that `boundcheck "
            "verify --out` or `boundcheck compress` wrote, or update boundcheck"
        )
    try:
        record = MODELS[schema].model_validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"path={path}: {where} is not as schema {schema} has it ({first['msg']}); write the file again"
        ) from None
    return Document(path, hashlib.sha256(raw).hexdigest(), content, record)


def _json(path: Path, raw: bytes) -> dict[str, Any]:
    """One JSON object; a name that stands there twice would be read differently by different readers."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            name = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
            raise InputError(f"path={path}: holds {name[:60]!r} twice in one object; write the file again")
        return found

    def refuse(constant: str) -> None:
        raise InputError(f"path={path}: holds {constant}, which JSON has no word for; write the file again")

    try:
        content = json.loads(raw.decode(), object_pairs_hook=once, parse_constant=refuse)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InputError(
            f"path={path}: is not a JSON object; name a certificate (`boundcheck verify --out`) or the record that "
            "`boundcheck compress` writes beside the network"
        )
    return content


def check_digests(document: Document) -> Part:
    """What was changed after the file was written, unless its digests were written anew."""
    part = Part("content")
    recorded, recomputed = document.record.content_sha256, part_digests(document.content)
    for name in sorted(recorded.keys() | recomputed.keys()):
        said, found = recorded.get(name), recomputed.get(name)
        why = "was changed after the file was written" if said and found else None
        part.expect(said == found, f"{FIELD}.{name}", said, found, why)
    return part
