"""Reaches the files of a paper's folder from tests, as the library loaded them."""

import importlib
import sys
from types import ModuleType

from boundcheck.library import library


def proof_module(name: str, paper: str = "cheairi2026") -> ModuleType:
    """The module ``name`` of a paper's folder."""
    library()
    package = next(key for key in sys.modules if key.startswith("boundcheck_proofs_") and key.endswith(paper))
    return importlib.import_module(f"{package}.{name}")
