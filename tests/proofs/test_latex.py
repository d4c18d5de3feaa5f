"""Every formula of every statement prints as LaTeX that a compiler accepts."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import sympy
from statement_formulas import formulas

from boundcheck.core.statement import Statement
from boundcheck.library import library

STATEMENTS = list(library().statements())


@pytest.mark.parametrize("statement", STATEMENTS, ids=[s.id for s in STATEMENTS])
def test_latex_is_balanced(statement: Statement) -> None:
    for part, formula in formulas(statement):
        text = sympy.latex(formula).replace(r"\{", "").replace(r"\}", "")
        depths = [text[: place + 1].count("{") - text[: place + 1].count("}") for place in range(len(text))]
        assert text and min(depths) >= 0 and depths[-1] == 0, part
        assert len(re.findall(r"\\left(?![a-z])", text)) == len(re.findall(r"\\right(?![a-z])", text)), part
        assert text.isascii() and r"\text{Range}" not in text, part


def test_latex_compiles(tmp_path: Path) -> None:
    compiler = shutil.which("pdflatex")
    if compiler is None:
        pytest.skip("pdflatex is not installed, so the formulas are not typeset")
    lines = [rf"$\displaystyle {sympy.latex(f)}$\par" for s in STATEMENTS for _, f in formulas(s)]
    page = [r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}", *lines, r"\end{document}"]
    (tmp_path / "formulas.tex").write_text("\n".join(page), encoding="ascii")
    done = subprocess.run(
        [compiler, "-halt-on-error", "-interaction=nonstopmode", "formulas.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
