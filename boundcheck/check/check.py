"""`check`: a certificate or compression record in, a report out that says of every claim whether it follows."""

from collections.abc import Callable
from pathlib import Path

from boundcheck.certify.certificate import Certificate
from boundcheck.core.errors import InputError
from boundcheck.core.versions import installed_version

from .certificate import check_certificate
from .compression import check_compression
from .findings import worst
from .places import Places
from .reading import Document, check_digests, read_document
from .report import CheckReport


def check(
    path: Path | str,
    *,
    checkpoint: Path | None = None,
    dense: Path | None = None,
    compressed: Path | None = None,
    data: str | None = None,
    labels: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> CheckReport:
    """Recompute every claim of a certificate or compression record from its inputs, without torch.

    checkpoint: where a certificate's checkpoint is now, or its safetensors copy. dense, compressed: the same of a
    compression record's networks. data, labels: as for `verify`. Left out, inputs are looked for where the file says.
    Raises InputError for a file that is neither, and for inputs that are missing or unreadable.
    """
    document = read_document(Path(path))
    _refuse_other_inputs(document, checkpoint, dense, compressed)
    places = Places(document.path.parent, checkpoint, dense, compressed, data, labels)
    record = document.record
    progress("recomputing every claim")
    if isinstance(record, Certificate):
        parts = check_certificate(document, record, places)
    else:
        parts = check_compression(document, record, places)
    records = [part.record() for part in [*parts, check_digests(document)]]
    return CheckReport(
        version=installed_version("boundcheck"),
        file=str(document.path),
        file_sha256=document.sha256,
        kind="certificate" if isinstance(record, Certificate) else "compression",
        answer=worst([part.answer for part in records]),
        parts=records,
    )


def _refuse_other_inputs(
    document: Document, checkpoint: Path | None, dense: Path | None, compressed: Path | None
) -> None:
    """A certificate has one network, a compression record two."""
    is_certificate = isinstance(document.record, Certificate)
    others = {"dense": dense, "compressed": compressed} if is_certificate else {"checkpoint": checkpoint}
    for name, given in others.items():
        if given is not None:
            kind, options = (
                ("certificate", "--checkpoint") if is_certificate else ("compression record", "--dense or --compressed")
            )
            raise InputError(f"{name}={given}: {document.path} is a {kind}; say where its network is with {options}")
