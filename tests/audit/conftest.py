"""One full audit for all tests that look at it."""

import pytest

from boundcheck.audit.ledger import Ledger
from boundcheck.audit.replay import audit


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return audit(workers=1)
