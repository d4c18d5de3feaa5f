"""The record's schema is the published one, and its digests are what their description says."""

import hashlib
import json
from pathlib import Path

import jsonschema
import numpy as np
import pydantic
import pytest

from boundcheck.compress import record as records
from boundcheck.compress.record import Provenance, QualityRecord, json_schema, mask_digest, order_digest
from boundcheck.compress.result import Picks
from boundcheck.core.rung import Unit

SCHEMA_FILE = Path(records.__file__).with_name("compression-1.schema.json")


def test_the_published_schema_is_the_one_that_records_follow() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def test_digests_by_hand() -> None:
    """Units 1, 3 and 8 of 10: the bits 0101 0000 and 10, first unit first."""
    picks = Picks(1, Unit.ENTRIES, 10, np.array([8, 1, 3]), in_order=True)
    assert mask_digest(picks) == hashlib.sha256(bytes([0b01010000, 0b10000000])).hexdigest()
    as_picked = b"".join(index.to_bytes(8, "little") for index in (8, 1, 3))
    assert order_digest(picks) == hashlib.sha256(as_picked).hexdigest()
    at_once = Picks(1, Unit.ENTRIES, 10, np.array([1, 3, 8]), in_order=False)
    assert mask_digest(at_once) == mask_digest(picks) and order_digest(at_once) is None


def test_no_number_that_json_cannot_hold() -> None:
    with pytest.raises(pydantic.ValidationError):
        QualityRecord(error=float("inf"), relative=None, score=None)
    with pytest.raises(pydantic.ValidationError):
        Provenance(versions={}, command="", seed=0, inputs_sha256={}, extra=1)
