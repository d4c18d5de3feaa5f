"""The comparison's schema is the published one."""

import json
from pathlib import Path

import jsonschema
import pydantic
import pytest

from boundcheck.compare import record as records
from boundcheck.compare.record import Enclosure, json_schema

SCHEMA_FILE = Path(records.__file__).with_name("comparison-1.schema.json")


def test_the_published_schema_is_the_one_that_records_follow() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(pydantic.ValidationError):
        Enclosure(lower="0", upper="1", middle="1/2")
