"""`boundcheck train` writes a network that `verify` reads."""

from pathlib import Path

import pytest

from .conftest import Command

pytest.importorskip("torch", reason="training needs torch")


@pytest.mark.slow
def test_train_then_verify(command: Command, tmp_path: Path) -> None:
    options = "--widths 64,12,10 --activation tanh --epochs 2 --seed 1 --out net.safetensors"
    trained = command(f"train digits {options}")
    assert trained.code == 0
    assert trained.out.startswith("accuracy 0.") and "after 2 epochs" in trained.out
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]
    verified = command("verify net.safetensors --keep 0.5 --data digits --quiet")
    assert (verified.code, verified.err) == (1, "")
