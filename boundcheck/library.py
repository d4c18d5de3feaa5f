"""Discovers the papers under ``proofs/``: their statements, aliases and rungs, checked for consistency."""

import importlib
import importlib.util
import os
import re
import sys
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from boundcheck.core.errors import LibraryError
from boundcheck.core.experiment import Experiment
from boundcheck.core.rung import Mode, Rung
from boundcheck.core.statement import Statement
from boundcheck.core.step import Step

SEARCH_PATH_VARIABLE = "BOUNDCHECK_PROOFS"
NAMESPACE = "boundcheck_proofs"


@dataclass(frozen=True)
class Paper:
    """One folder of statements: its citation, inventory, statements by id, rungs, and how they are put to the test."""

    id: str
    title: str
    citation: str
    authors: tuple[str, ...]
    venue: str
    arxiv: str
    open_items: tuple[str, ...]
    statements: Mapping[str, Statement]
    aliases: Mapping[str, str]
    rungs: tuple[Rung, ...]
    experiments: tuple[Experiment, ...]


@dataclass(frozen=True)
class Library:
    """All papers that were found, in order of the search path."""

    papers: Mapping[str, Paper]

    def statements(self) -> Iterator[Statement]:
        """Every statement, paper by paper, in the order of their printed page."""
        for paper in self.papers.values():
            yield from sorted(paper.statements.values(), key=lambda s: (s.source.page, _natural(s.id)))

    def find(self, name: str) -> Statement:
        """The statement of an id or alias (``theorem-2``, ``Theorem 2``, ``arxiv:lemma-8``), else LibraryError."""
        key = name.strip().lower().replace(" ", "-").replace(":-", ":")
        for paper in self.papers.values():
            key_here = key.removeprefix(f"{paper.id}:")
            key_here = paper.aliases.get(key_here, key_here)
            if key_here in paper.statements:
                return paper.statements[key_here]
            if key_here in paper.open_items:
                raise LibraryError(
                    f"statement={name}: {paper.id} lists it in its inventory, but it is not modelled yet"
                )
        known = ", ".join(s.id for s in self.statements())
        raise LibraryError(f"statement={name} is unknown; known are {known} and the arXiv names (boundcheck list)")

    def used_by(self, statement_id: str) -> tuple[str, ...]:
        """Ids of the statements whose wording or proof uses this one."""
        return tuple(s.id for s in self.statements() if statement_id in (*s.uses, *s.proof_uses))

    def rungs(self, mode: Mode) -> tuple[tuple[Paper, Rung], ...]:
        """Every paper's rungs for a mode."""
        return tuple((p, rung) for p in self.papers.values() for rung in p.rungs if rung.mode is mode)


@cache
def library(*, proofs: bool = True) -> Library:
    """The papers of the installed ``proofs/`` and of the folders in BOUNDCHECK_PROOFS, loaded once.

    proofs: whether the variants hold their proofs, which take several times as long to build as everything else.
    """
    return load_library(search_path(), proofs=proofs)


def search_path() -> tuple[Path, ...]:
    """Folders that hold papers: the package's own first, then those of the environment variable."""
    package = Path(__file__).resolve().parent
    installed, checkout = package / "proofs", package.parent / "proofs"
    own = installed if installed.is_dir() else checkout
    extra = [Path(entry) for entry in os.environ.get(SEARCH_PATH_VARIABLE, "").split(os.pathsep) if entry]
    for folder in extra:
        if not folder.is_dir():
            raise LibraryError(f"{SEARCH_PATH_VARIABLE}={folder} is not a folder; name folders that hold papers")
    return (own, *extra)


def load_library(folders: tuple[Path, ...], *, proofs: bool = True) -> Library:
    """Load every paper (a folder with ``paper.toml``) below the given folders; ``proofs`` as for library.

    Raises LibraryError for a duplicate paper or statement id, an id that is used and missing, or a circular use.
    """
    papers: dict[str, Paper] = {}
    for folder in folders:
        for manifest in sorted(folder.glob("*/paper.toml")):
            paper = _load_paper(manifest, proofs)
            if paper.id in papers:
                raise LibraryError(f"paper={paper.id} is defined twice; the second is {manifest.parent}")
            papers[paper.id] = paper
    if not papers:
        raise LibraryError(f"no paper.toml below {', '.join(map(str, folders))}; reinstall boundcheck")
    loaded = Library(papers)
    _check_uses(loaded)
    return loaded


def _load_paper(manifest: Path, with_proofs: bool) -> Paper:
    data = tomllib.loads(manifest.read_text(encoding="utf-8"))
    about, inventory = data["paper"], data["inventory"]
    package = _load_package(manifest.parent)
    statements: dict[str, Statement] = {}
    aliases: dict[str, str] = dict(data.get("aliases", {}))
    proofs: dict[tuple[str, str], tuple[Step, ...]] = {}
    instances: dict[str, Mapping[str, Fraction]] = {}
    for module in _modules(package, manifest.parent, with_proofs):
        proofs |= getattr(module, "PROOFS", {})
        instances |= getattr(module, "INSTANCES", {})
        statement = getattr(module, "STATEMENT", None)
        if not isinstance(statement, Statement):
            continue
        if statement.id in statements:
            raise LibraryError(
                f"{about['id']}: statement={statement.id} is defined twice; the second is {module.__file__}"
            )
        statements[statement.id] = statement
        if statement.source.arxiv:
            aliases[f"arxiv:{statement.source.arxiv.lower().replace(' ', '-')}"] = statement.id
    _check_inventory(about["id"], set(statements), set(inventory["modelled"]))
    _attach_proofs(statements, proofs)
    _attach_instances(statements, instances)
    rungs, experiments = (_declared(package, manifest.parent, file) for file in ("rungs", "experiments"))
    _check_experiments(about["id"], statements, experiments)
    return Paper(
        id=about["id"],
        title=about["title"],
        citation=about["citation"],
        authors=tuple(about["authors"]),
        venue=about["venue"],
        arxiv=about.get("arxiv", ""),
        open_items=tuple(inventory.get("open", ())),
        statements=statements,
        aliases=aliases,
        rungs=rungs,
        experiments=experiments,
    )


def _attach_proofs(statements: dict[str, Statement], proofs: Mapping[tuple[str, str], tuple[Step, ...]]) -> None:
    """Put every proof, which a file of its own may hold as PROOFS, into the variant that it is a proof of."""
    for (name, variant), steps in proofs.items():
        if name not in statements or variant not in statements[name].variants:
            raise LibraryError(f"a proof is given for {name}, variant={variant}, which no file defines")
        statement = statements[name]
        proved = replace(statement.variant(variant), proof=steps)
        statements[name] = replace(statement, variants={**statement.variants, variant: proved})


def _attach_instances(statements: dict[str, Statement], instances: Mapping[str, Mapping[str, Fraction]]) -> None:
    """Put the numbers that meet a statement's assumptions, which a file of their own may hold as INSTANCES, into it."""
    for name, numbers in instances.items():
        if name not in statements:
            raise LibraryError(f"an instance is given for {name}, which no file defines")
        statements[name] = replace(statements[name], instance=numbers)


def _declared(package: ModuleType, folder: Path, file: str) -> tuple[Any, ...]:
    """RUNGS of rungs.py, EXPERIMENTS of experiments.py; a paper may have none."""
    if not (folder / f"{file}.py").is_file():
        return ()
    return tuple(getattr(importlib.import_module(f"{package.__name__}.{file}"), file.upper()))


def _check_experiments(paper: str, statements: Mapping[str, Statement], experiments: tuple[Experiment, ...]) -> None:
    """Every claim that an experiment names must be there, in every variant."""
    for one in experiments:
        if one.statement not in statements:
            raise LibraryError(f"{paper}: an experiment names {one.statement}, which no file defines")
        for name in filter(None, (one.claim, one.counted, *one.counts)):
            for variant in statements[one.statement].variants.values():
                variant.claim(name)


def _load_package(folder: Path) -> ModuleType:
    """Import a paper's folder as a package of its own namespace, so that its files can import one another."""
    name = f"{NAMESPACE}_{zlib.crc32(str(folder.parent.resolve()).encode())}_{folder.name}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None or not (folder / "__init__.py").is_file():
        raise LibraryError(f"paper={folder.name} has no __init__.py; add one to make it a package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _modules(package: ModuleType, folder: Path, with_proofs: bool) -> Iterator[ModuleType]:
    """The files that define what the library collects; what they share they import themselves."""
    wanted = "STATEMENT|INSTANCES|PROOFS" if with_proofs else "STATEMENT|INSTANCES"
    defines = re.compile(rf"^({wanted})\b.*=", re.MULTILINE)
    for path in sorted(folder.glob("*.py")):
        if defines.search(path.read_text(encoding="utf-8")):
            yield importlib.import_module(f"{package.__name__}.{path.stem}")


def _check_inventory(paper: str, found: set[str], listed: set[str]) -> None:
    if missing := sorted(listed - found):
        raise LibraryError(f"{paper}: paper.toml lists {', '.join(missing)}, but no file defines it")
    if extra := sorted(found - listed):
        raise LibraryError(f"{paper}: {', '.join(extra)} is defined, but not in the inventory of paper.toml")


def _check_uses(loaded: Library) -> None:
    uses = {s.id: (*s.uses, *s.proof_uses) for s in loaded.statements()}
    for statement, targets in uses.items():
        for target in targets:
            if target not in uses:
                raise LibraryError(f"{statement}: uses {target}, which no file defines")
    done: set[str] = set()
    for start in uses:
        _visit(start, uses, (), done)


def _visit(node: str, uses: Mapping[str, tuple[str, ...]], trail: tuple[str, ...], done: set[str]) -> None:
    if node in trail:
        raise LibraryError(f"circular use: {' -> '.join((*trail[trail.index(node) :], node))}")
    if node not in done:
        for target in uses[node]:
            _visit(target, uses, (*trail, node), done)
        done.add(node)


def _natural(text: str) -> tuple[str, int]:
    head, _, tail = text.rpartition("-")
    return (head, int(tail)) if tail.isdigit() else (text, 0)
