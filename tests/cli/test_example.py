"""The main job runs twice, trains once, and its closing paragraph is read off the certificates."""

import importlib.util
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import boundcheck

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "digits.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("digits_example", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def certificate(**asked: Any) -> boundcheck.Certificate:
    network = boundcheck.network_from_widths([64, 1000, 40, 10], c_1=Fraction(1), c_2=Fraction("1.7"))
    sets = boundcheck.LayerSets(frozenset({2}), frozenset())
    return boundcheck.verify(network, boundcheck.Proposal(sets=sets, **asked))


def test_what_it_says_follows_the_certificates(example: ModuleType) -> None:
    coarse, fine = certificate(keep=Fraction(1, 100)), certificate(levels=100_000)
    assert coarse.rung("sharp").vacuous is True
    text = example.meaning({"coarse": coarse, "fine": fine})
    assert text.startswith("Certified: fine.")
    assert text.count("vacuous") == 1
    assert "the variance at layer 2 (sharp-variance-of-a-draw)" in text
    only_coarse = example.meaning({"coarse": coarse})
    assert only_coarse.startswith("None of the proposals is certified.")
    assert "no proof that the network cannot be pruned" in only_coarse


@pytest.mark.slow
def test_the_main_job_runs_and_trains_only_once(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs torch")
    first, second = (
        subprocess.run(
            [sys.executable, str(EXAMPLE)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        )
        for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "trained 64,1000,40,10" in first.stdout
    assert "of an earlier run" in second.stdout and "trained" not in second.stdout
    assert first.stdout.split("\n", 2)[2].count("verdict: ") == 3
    written = {path.name: path for path in (tmp_path / "out" / "digits").iterdir()}
    assert set(written) == {"network.safetensors", "wide-2.json", "bottleneck-1.json", "auto.json"}
    assert json.loads(written["wide-2.json"].read_text())["proposal"]["wide"] == [2]
