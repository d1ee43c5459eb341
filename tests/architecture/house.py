"""The house as it stands on disk: its modules, parsed, and every file that is kept in git."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from lotwork.ledger.gc_pause import gc_paused

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "ledger", "projections", "rules", "reports", "packet", "demo", "ingest", "alerts", "service", "web", "hosting",
    "commands",
)  # fmt: skip
SINGLE_MODULES = ("cli", "config", "scheduler")
PACKAGE = "lotwork"
"""The installed name: a folder that holds the public face (face/) and a link to each room and single module."""


@dataclass(frozen=True)
class Module:
    """One file of Python: its path from the root, its text and, once it is asked for, its syntax tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the text, parsed; the collector would walk all trees kept so far again and again meanwhile."""
        with gc_paused():
            return ast.parse(self.text)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Return the dotted name of everything it imports, wherever it does."""
        return frozenset(_imports(self.tree))

    @property
    def room(self) -> str:
        """Return the package it lives in, or its own name where it lives in none."""
        return self.path.partition("/")[0].removesuffix(".py")


@cache
def read(path: str) -> Module:
    """Return the module at *path*, given from the root."""
    return Module(path, (ROOT / path).read_text(encoding="utf-8"))


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Return every module of *rooms*; without any, every module of the product."""
    names = rooms or (*ROOMS, *SINGLE_MODULES)
    paths = [path for name in names for path in (*(ROOT / name).rglob("*.py"), ROOT / f"{name}.py") if path.is_file()]
    if not rooms:
        paths += [path for path in (ROOT / PACKAGE).rglob("*.py") if not path.is_symlink()]
    return tuple(read(str(path.relative_to(ROOT))) for path in sorted(paths))


def name_of(path: str) -> str:
    """Return the name under which the module at *path* is imported."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return dotted if dotted.partition(".")[0] == PACKAGE else f"{PACKAGE}.{dotted}"


def kept_files() -> tuple[Path, ...]:
    """Return every file git keeps, or would keep."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return tuple(path for name in told.stdout.split("\0") if name and (path := ROOT / name).is_file())


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of *tree*."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
