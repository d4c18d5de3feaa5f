"""The folder with inputs that certificates and records are made of, once for all tests."""

from pathlib import Path

import pytest

from .honest_files import write_inputs


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("honest")
    write_inputs(found)
    return found
