"""The versions that a record names: of Python and of the packages that its numbers come from."""

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

NOT_INSTALLED = "not installed as a package"


def installed_version(package: str) -> str:
    """The package's version, or that it is not installed as one (run from a folder, or not there)."""
    try:
        return version(package)
    except PackageNotFoundError:
        return NOT_INSTALLED


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Of Python and of these packages."""
    return {"python": sys.version.split()[0]} | {name: installed_version(name) for name in packages}
