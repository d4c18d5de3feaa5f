"""The errors boundcheck raises on purpose; the command line turns each into one line and an exit code."""


class BoundcheckError(Exception):
    """Base class. The message names the layer or statement, ``name=value``, what was expected and what to do next."""


class InputError(BoundcheckError):
    """What the user handed in cannot be used as it is (exit code 2)."""


class LibraryError(BoundcheckError):
    """A folder of statements is inconsistent: a duplicate, missing or circular id."""
