"""Input data: a built-in set or the user's file, as float64 inputs with classes or targets."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.data_files import SUFFIXES, parse_csv, read_labels, read_samples
from boundcheck.network.files import read_file
from boundcheck.network.network import Network

CALIFORNIA_FILE = "california_housing.csv"
_CALIFORNIA_HEADER = "MedInc,HouseAge,AveRooms,AveBedrms,Population,AveOccup,Latitude,Longitude,MedHouseVal"
_MOST_CLASSES = 10_000


@dataclass(frozen=True)
class Data:
    """N samples; their empirical distribution is the input distribution of a certificate.

    inputs: (N, d), finite float64. labels: N classes (int64, from 0), or None. sha256: of everything the object holds.
    targets: (N, k) float64, the y of the squared loss (one-hot for classes), or None.
    """

    inputs: Matrix
    labels: NDArray[np.int64] | None
    description: str
    sha256: str
    targets: Matrix | None = None


def load_data(spec: str, labels: str | None = None) -> Data:
    """``digits``, ``california``, or the path of a .npy (N x d), .npz (x and optional y) or numeric .csv file.

    digits: pixels divided by 16. california: each feature scaled linearly to [-1, 1], the target as it is; read from
    the folder ``BOUNDCHECK_DATA`` if that is set, else through scikit-learn, which downloads it once. ``labels``: a
    .npy or .csv file with one class (an integer) or target per sample, for files without. Raises InputError.
    """
    if spec in ("digits", "california"):
        if labels is not None:
            raise InputError(f"labels={labels}: data={spec} brings its own labels; leave the option out")
        return _digits() if spec == "digits" else _california()
    path = Path(spec)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"data={spec}: expected digits, california, or the path of a {', '.join(SUFFIXES)} file")
    inputs, answers = read_samples(path)
    if labels is not None:
        if answers is not None:
            raise InputError(f"labels={labels}: {spec} already holds labels; leave one of the two out")
        answers = read_labels(Path(labels))
    if answers is not None and len(answers) != len(inputs):
        raise InputError(
            f"labels={labels or spec}: {len(answers)} labels, but {len(inputs)} samples; give one label per sample"
        )
    return _data(inputs, answers, f"data={spec}")


def check_data(data: Data, network: Network) -> None:
    """Raise InputError unless every sample has as many features as the network has inputs."""
    features, expected = data.inputs.shape[1], network.widths[0]
    if features != expected:
        raise InputError(
            f"{data.description}: {features} features per sample, but the network's input width is "
            f"{expected}; use data with {expected} features, or another network"
        )


def _data(inputs: Matrix, answers: NDArray[Any] | None, description: str) -> Data:
    """Integer answers become classes with one-hot targets; others are targets."""
    labels, targets = None, None
    if answers is not None and answers.dtype.kind == "i":
        if answers.min() < 0 or answers.max() >= _MOST_CLASSES:
            worst = answers.min() if answers.min() < 0 else answers.max()
            raise InputError(
                f"{description}: class {worst}, expected classes from 0 to {_MOST_CLASSES - 1}; "
                "number them from 0, or store regression targets as floats"
            )
        labels, targets = answers, np.eye(int(answers.max()) + 1)[answers]
    elif answers is not None:
        targets = answers
    digest = hashlib.sha256()
    for array in (inputs, labels, targets):
        digest.update(b"none" if array is None else str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return Data(inputs, labels, description, digest.hexdigest(), targets)


def _digits() -> Data:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return _data(digits.data.astype(np.float64) / 16, digits.target.astype(np.int64), "data=digits")


def _california() -> Data:
    folder = os.environ.get("BOUNDCHECK_DATA")
    features, target = _california_from(Path(folder) / CALIFORNIA_FILE) if folder else _california_download()
    low, high = features.min(axis=0), features.max(axis=0)
    scaled = np.clip((features - low) / (high - low) * 2 - 1, -1, 1)
    return _data(scaled, target[:, None], "data=california")


def _california_from(path: Path) -> tuple[Matrix, Matrix]:
    table, header = parse_csv(path, read_file(path))
    if ",".join(header or []) != _CALIFORNIA_HEADER:
        raise InputError(
            f"path={path}: expected the header {_CALIFORNIA_HEADER}; "
            "put scikit-learn's California housing there, or unset BOUNDCHECK_DATA to download it"
        )
    return table[:, :-1], table[:, -1]


def _california_download() -> tuple[Matrix, Matrix]:
    from sklearn.datasets import fetch_california_housing

    try:
        housing = fetch_california_housing()
    except Exception as error:  # the downloader raises many kinds; each means that the data are not to be had
        raise InputError(
            f"data=california: the download failed ({type(error).__name__}); "
            f"set BOUNDCHECK_DATA to a folder that holds {CALIFORNIA_FILE}"
        ) from None
    return housing.data.astype(np.float64), housing.target.astype(np.float64)
