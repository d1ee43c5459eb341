"""What is kept in git stands alone: no machine's paths, no registry's address, nothing left for later."""

from __future__ import annotations

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


def test_the_lock_files_pin_every_library_by_hash_and_name_no_place() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "tests/oracles/requirements.lock"):
        entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / name).read_text(encoding="utf-8"))
        pinned = [entry for entry in entries if not entry.startswith("#")]
        assert len(pinned) > 40
        assert all(re.match(r"[a-zA-Z0-9._-]+==\S+", entry) and "--hash=sha256:" in entry for entry in pinned)
        assert not any(mark in entry for entry in pinned for mark in ("://", "--index", "--find-links"))
