"""What is kept in git stands alone: no machine's paths, no registry's address, nothing left for later."""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.house import ROOT, kept_files

FORBIDDEN = {
    "a path of one machine": re.compile("/" + r"work/(main|shared)\b|/" + r"root/|/opt/" + "pypi"),
    "the address of a package registry": re.compile(
        r"\b("
        + "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "crates" + r"\.io"))
        + r")\b"
    ),
    "something left for later": re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b"),
    "an unfinished merge": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_kept_file_holds(name: str) -> None:
    found = []
    for path in kept_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        match = FORBIDDEN[name].search(text)
        if match:
            found.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}")
    assert not found


def test_no_template_lets_a_value_through_unescaped() -> None:
    templates = sorted((ROOT / "web" / "templates").glob("**/*.html*"))
    assert templates
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), path.name
        assert not re.search(r"\son[a-z]+\s*=|<script(?![^>]*\bsrc=)|\sstyle\s*=", text), f"{path.name}: inline code"


LOCKS = {
    "requirements.lock": 40,
    "requirements-dev.lock": 40,
    "tests/oracles/requirements.lock": 40,
    "tests/electrum/requirements.lock": 10,
    "bench/requirements.lock": 20,
    ".ci/installer.lock": 1,
    ".ci/oldest-pip.lock": 1,
}


@pytest.mark.parametrize(("name", "fewest"), LOCKS.items())
def test_a_lock_file_pins_every_library_by_hash_and_names_no_place(name: str, fewest: int) -> None:
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / name).read_text(encoding="utf-8"))
    pinned = [entry for entry in entries if not entry.startswith("#")]
    pin = re.compile(r"[a-zA-Z0-9._-]+(\[[a-z0-9,._-]+\])?==[^\s*]+ (; [^\\]+)?\\\n")
    assert len(pinned) >= fewest
    assert all(pin.match(entry) and "--hash=sha256:" in entry for entry in pinned)
    assert not any(mark in entry for entry in pinned for mark in ("://", "--index", "--find-links"))


def test_no_lock_file_is_left_out_of_these_tests() -> None:
    assert {str(path.relative_to(ROOT)) for path in kept_files() if path.suffix == ".lock"} == set(LOCKS)


OURS = r'(install|wheel) .*(\$\(DIST\) \.$|"\$project"|"\$wheel")'
"""The project itself, just built or about to be: its bytes are in no lock."""


def test_nothing_is_installed_by_a_pip_that_chooses_for_itself() -> None:
    """A line that lets pip resolve takes the newest release of whatever no lock names: it works until that is out."""
    scripts = [ROOT / "Makefile", *(path for path in kept_files() if path.parent == ROOT / ".ci")]
    called = [
        line
        for path in scripts
        for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        if re.search(r"-m pip\b.* (install|wheel|download) ", line)
    ]
    assert len(called) >= 4
    assert not [line for line in called if "--no-deps" not in line]
    assert not [line for line in called if "--require-hashes" not in line and not re.search(OURS, line)]


def test_the_node_that_npm_brings_is_pinned_by_hash_and_names_no_place() -> None:
    packages = json.loads((ROOT / ".ci" / "evm" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    brought = [package for path, package in packages.items() if path]
    assert brought
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in brought)
