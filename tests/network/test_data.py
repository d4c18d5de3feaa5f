"""Data sets and the user's files: what is read, and the message for what cannot be."""

import os
from pathlib import Path

import numpy as np
import pytest

from boundcheck.core.errors import InputError
from boundcheck.network.data import check_data, load_data
from boundcheck.network.from_widths import network_from_widths


def refusal(path: Path | str, labels: Path | None = None) -> str:
    with pytest.raises(InputError) as caught:
        load_data(str(path), None if labels is None else str(labels))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_digits_are_pixels_in_the_unit_interval_with_classes() -> None:
    data = load_data("digits")
    assert data.inputs.shape == (1797, 64) and data.inputs.dtype == np.float64
    assert (data.inputs.min(), data.inputs.max()) == (0, 1)
    assert data.targets.shape == (1797, 10)
    assert np.array_equal(data.targets.argmax(axis=1), data.labels) and np.all(data.targets.sum(axis=1) == 1)
    assert data.description == "data=digits"
    assert data.sha256 == load_data("digits").sha256 and len(data.sha256) == 64


@pytest.mark.skipif("BOUNDCHECK_DATA" not in os.environ, reason="BOUNDCHECK_DATA is not set (California housing)")
def test_california_is_scaled_to_the_cube() -> None:
    data = load_data("california")
    assert data.inputs.shape == (20640, 8) and data.targets.shape == (20640, 1) and data.labels is None
    assert np.all(data.inputs.min(axis=0) == -1) and np.all(data.inputs.max(axis=0) == 1)
    assert data.targets.max() == pytest.approx(5.00001)


def test_california_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "MedInc,HouseAge,AveRooms,AveBedrms,Population,AveOccup,Latitude,Longitude,MedHouseVal"
    monkeypatch.setenv("BOUNDCHECK_DATA", str(tmp_path))
    path = tmp_path / "california_housing.csv"
    path.write_text(f"{header}\n1,2,3,4,5,6,7,8,0.5\n3,3,4,8,6,7,9,9,1.5\n2,2.25,3,4,5,6,7,8,2.5\n")
    data = load_data("california")
    assert data.inputs[:, :2].tolist() == [[-1, -1], [1, 1], [0, -0.5]]
    assert data.targets.tolist() == [[0.5], [1.5], [2.5]]
    path.write_text("a,b\n1,2\n")
    assert refusal("california") == (
        f"path={path}: expected the header {header}; put scikit-learn's California "
        "housing there, or unset BOUNDCHECK_DATA to download it"
    )
    path.unlink()
    assert refusal("california") == f"path={path}: no such file; check the spelling and the folder"


def test_the_three_file_formats_give_the_same_inputs(tmp_path: Path) -> None:
    inputs = np.array([[0.1, -2.0], [3e-7, 4.0], [5.0, 1 / 3]])
    np.save(tmp_path / "a.npy", inputs)
    np.savez(tmp_path / "a.npz", X=inputs)
    rows = "\n".join(",".join(map(repr, row)) for row in inputs.tolist())
    (tmp_path / "bare.csv").write_text(rows + "\n")
    (tmp_path / "headed.csv").write_text("first,second\n\n" + rows)
    loaded = [load_data(str(tmp_path / name)) for name in ("a.npy", "a.npz", "bare.csv", "headed.csv")]
    for data in loaded:
        assert np.array_equal(data.inputs, inputs)
        assert (data.labels, data.targets, data.sha256) == (None, None, loaded[0].sha256)


def test_float32_and_integer_inputs_are_widened(tmp_path: Path) -> None:
    for dtype in (np.float32, np.float16, np.uint8):
        np.save(tmp_path / "a.npy", np.array([[1, 2]], dtype=dtype))
        assert load_data(str(tmp_path / "a.npy")).inputs.dtype == np.float64


def test_integers_are_classes_and_floats_are_targets(tmp_path: Path) -> None:
    inputs, path = np.eye(3), tmp_path / "a.npz"
    np.savez(path, x=inputs, y=np.array([2, 0, 1], dtype=np.int32))
    assert load_data(str(path)).labels.tolist() == [2, 0, 1]
    assert load_data(str(path)).targets.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    np.savez(path, inputs=inputs, targets=np.array([2.0, 0.0, 1.0]))
    assert load_data(str(path)).labels is None
    assert load_data(str(path)).targets.tolist() == [[2], [0], [1]]
    np.savez(path, x=inputs, labels=np.ones((3, 4)))
    assert load_data(str(path)).targets.shape == (3, 4)


def test_labels_from_a_file_of_their_own(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.eye(3))
    (tmp_path / "classes.csv").write_text("class\n1\n0\n1\n")
    (tmp_path / "targets.csv").write_text("0.5\n1\n2\n")
    np.save(tmp_path / "classes.npy", np.array([1, 0, 1]))
    bare = load_data(str(tmp_path / "x.npy"))
    for name in ("classes.csv", "classes.npy"):
        data = load_data(str(tmp_path / "x.npy"), str(tmp_path / name))
        assert data.labels.tolist() == [1, 0, 1] and data.sha256 != bare.sha256
    assert load_data(str(tmp_path / "x.npy"), str(tmp_path / "targets.csv")).targets.tolist() == [[0.5], [1], [2]]


class Bomb:
    """Any Python object will do: it must never be read."""


def test_bad_arrays_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    objects = "holds Python objects, which are never opened since they can run code; save numeric arrays"
    cases: list[tuple[np.ndarray, str]] = [
        (np.ones(3), "shape=3, expected samples x features; reshape it"),
        (np.ones((2, 8, 8)), "shape=2x8x8, expected samples x features; reshape it"),
        (np.ones((0, 4)), "shape=0x4 holds no numbers; expected at least one sample"),
        (
            np.array([[1.0, 2.0], [np.nan, 0.0]]),
            "sample 2 holds NaN or infinity, expected finite numbers; drop or repair it",
        ),
        (np.array([[1j]]), "holds complex128, expected real numbers of at most 64 bits; convert it"),
        (np.array([["a"]]), "holds <U1, expected real numbers of at most 64 bits; convert it"),
        (np.array([[Bomb()]], dtype=object), objects),
    ]
    for array, message in cases:
        np.save(path, array)
        assert refusal(path) == f"path={path}: {message}"


def test_bad_files_are_refused(tmp_path: Path) -> None:
    damaged = "is damaged, cut short or not numpy's format; write or copy the file again"
    assert refusal("mnist") == "data=mnist: expected digits, california, or the path of a .npy, .npz, .csv file"
    assert refusal(tmp_path / "no.npy") == (
        f"path={tmp_path / 'no.npy'}: no such file; check the spelling and the folder"
    )
    for name in ("a.npy", "a.npz"):
        path = tmp_path / name
        path.write_bytes(b"")
        assert refusal(path) == f"path={path}: is empty; write or copy the file again"
        for junk in (b"not an array", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"\x80\x04N."):
            path.write_bytes(junk)
            assert refusal(path) == f"path={path}: {damaged}"
    np.savez(tmp_path / "a.npz", features=np.eye(2))
    assert refusal(tmp_path / "a.npz") == (
        f"path={tmp_path / 'a.npz'}: holds features; expected the samples under x or X or inputs"
    )
    (tmp_path / "b.npy").write_bytes((tmp_path / "a.npz").read_bytes())
    assert refusal(tmp_path / "b.npy") == (
        f"path={tmp_path / 'b.npy'}: is an npz archive by its content; rename it to .npz"
    )
    np.save(tmp_path / "c.npy", np.eye(2))
    (tmp_path / "c.npz").write_bytes((tmp_path / "c.npy").read_bytes())
    assert refusal(tmp_path / "c.npz") == (
        f"path={tmp_path / 'c.npz'}: is a single array by its content; rename it to .npy"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a,b\n", "holds no rows of numbers; expected one sample per line"),
        (b"1,2\n3\n", "row 2 has 1 columns, expected 2 as in row 1; correct the file"),
        (b"1,2\n3,x\n", "row 2 is not all numbers (3,x); correct the file"),
        (b"1,2\n3,inf\n", "sample 2 holds NaN or infinity, expected finite numbers; drop or repair it"),
        (b"\xff\xfe1,2\n", "is not a CSV text file; expected numbers separated by commas"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text)
    assert refusal(path) == f"path={path}: {message}"


def test_bad_labels_are_refused(tmp_path: Path) -> None:
    inputs, labels = tmp_path / "x.npy", tmp_path / "y.npy"
    np.save(inputs, np.eye(3))
    np.save(labels, np.array([0, 1]))
    assert refusal(inputs, labels) == f"labels={labels}: 2 labels, but 3 samples; give one label per sample"
    np.save(labels, np.array([0, -1, 1]))
    advice = "expected classes from 0 to 9999; number them from 0, or store regression targets as floats"
    assert refusal(inputs, labels) == f"data={inputs}: class -1, {advice}"
    np.save(labels, np.array([0, 10**9, 1]))
    assert refusal(inputs, labels) == f"data={inputs}: class 1000000000, {advice}"
    np.save(labels, np.ones((3, 2, 2)))
    assert refusal(inputs, labels) == f"path={labels}: labels of shape=3x2x2, expected one row per sample; reshape them"
    assert refusal("digits", labels) == f"labels={labels}: data=digits brings its own labels; leave the option out"
    np.savez(tmp_path / "both.npz", x=np.eye(3), y=np.arange(3))
    assert refusal(tmp_path / "both.npz", labels) == (
        f"labels={labels}: {tmp_path / 'both.npz'} already holds labels; leave one of the two out"
    )
    assert refusal(inputs, tmp_path / "both.npz") == (
        f"labels={tmp_path / 'both.npz'}: expected the path of a .npy or .csv file"
    )


def test_data_must_have_the_networks_input_width() -> None:
    from fractions import Fraction

    with pytest.raises(InputError) as caught:
        check_data(load_data("digits"), network_from_widths([8, 4], Fraction(1), Fraction(1)))
    assert str(caught.value) == (
        "data=digits: 64 features per sample, but the network's input width is 8; "
        "use data with 8 features, or another network"
    )
    check_data(load_data("digits"), network_from_widths([64, 4], Fraction(1), Fraction(1)))
