"""Every single value of a certificate and of a record is looked at: altered, with digests written anew, it is reported.

The exceptions are listed with the reason why nothing can tell and no claim depends on them.
"""

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from boundcheck.check.report import Answer
from boundcheck.core.errors import InputError
from boundcheck.exact.ball import upper_decimal

from .forgery import both, check_forged, leaves, put, reported, value_at
from .honest_files import write_certificate, write_record

CERTIFICATES = (
    "widths that hold",
    "npz",
    "safetensors that holds",
    "npz filters",
    "nothing found",
    "two blocks that hold",
)
RECORDS = ("weights of a bottleneck", "at random", "quantized", "merged into a bias", "projected", "exact counts")
NOT_TOLD = {
    r"content_sha256\..*": "is what the test writes anew",
    r"provenance\.command": "no claim depends on how it was called",
    r"provenance\.versions\..*": "what was installed is past",
    r".*parameters\.(least_)?gamma": "counts through floor((1 + gamma) p T) alone, which stays the same",
    r"layers\[\d+\]\.alpha": "counts through floor(alpha N) alone, which may stay the same",
    r"seconds": "how long it took is past",
    r"settings\.(device|implementation|objective|memory_limit_bytes)": "the draws are the same, and the picks are data",
    r"layers\[\d+\]\.order_sha256": "of a greedy pass: only running it again with torch gives the order",
    r"network\.path": "where the file was; the test leaves the file there, and names it",
}


def altered(value: Any) -> Any:
    """Another value of the same kind, by at least a tenth of a percent where it is a number."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.001 + 0.001
    if value is None:
        return "1"
    try:
        number = Fraction(value)
    except ValueError:
        return f"{value}x"
    return (upper_decimal(number * Fraction(101, 100)) or "0") if number else "0.001"


# Nothing else depends on these: all are altered at once, and each must be reported under its own path.
RESULTS = (
    r"statements\[.*",
    r"rungs\[\d+\]\.(assumptions|terms)\[.*",
    r"rungs\[\d+\]\.(summary|paper|reason|relative|loss_bound|unchanged_predictions|\w*fraction\w*|requested\w*)",
    r"rungs\[\d+\]\.blocks\[\d+\]\.(units|draws|promised\w*|error|measured\.\w*)",
    r"layers\[\d+\]\.(achieved\w*|promised\w*|probability|requested|exceeds_promise|name|role|unit)",
    r"(totals|measured)\..*",
    r"(reason|dense_loss|network\.\w+|network\.layers\[\d+\]\.(lipschitz|curvature|activation_source|name))",
)
FIXED_CHOICES = (
    r".*\.(verdict|unit|role|origin|measure|effort)|network\.(path|dtype|description|input_radius|c_1|c_2|probability)"
)


def is_result(path: str) -> bool:
    """Whether altering the value leaves all others as they are; words of a fixed list are refused as a whole."""
    return any(re.fullmatch(pattern, path) for pattern in RESULTS) and not re.fullmatch(FIXED_CHOICES, path)


def is_text(path: str) -> bool:
    """Whether a text may take the place of null, so that the file is still one of its schema."""
    return path.startswith("rungs") and not path.endswith((".share", ".layer"))


def unnoticed(original: Path) -> list[str]:
    """The paths of values that can be altered without being reported, beside those that are listed above."""
    content = json.loads(original.read_text())
    paths = [
        path
        for path in leaves(content)
        if not any(re.fullmatch(pattern, path.replace("'", "")) for pattern in NOT_TOLD)
    ]
    results = [path for path in paths if is_result(path) and (is_text(path) or value_at(content, path) is not None)]
    changes = [put(path, altered(value_at(content, path))) for path in results]
    found = set(reported(check_forged(original, both(*changes), sealed=True)))
    missed = [path for path in results if path.replace("'", "") not in found]
    return missed + [path for path in paths if path not in results and not _is_noticed(original, content, path)]


def _is_noticed(original: Path, content: Any, path: str) -> bool:
    try:
        report = check_forged(original, put(path, altered(value_at(content, path))), sealed=True)
    except InputError:
        return True  # refused as no such file at all, which names the field
    return report.answer is not Answer.AGREES


@pytest.mark.slow
@pytest.mark.parametrize("name", CERTIFICATES)
def test_every_value_of_a_certificate_is_checked(folder: Path, name: str) -> None:
    assert unnoticed(write_certificate(folder, name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_every_value_of_a_record_is_checked(folder: Path, name: str) -> None:
    assert unnoticed(write_record(folder, name)) == []


@pytest.mark.parametrize("value", [True, 3, 0.0, 1.5, None, "0", "0.3", "1/3", "text"])
def test_altering_alters(value: Any) -> None:
    assert altered(value) != value
