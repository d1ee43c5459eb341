from __future__ import annotations

import os
from pathlib import Path

import pytest

from lotwork.ledger.errors import ConfigError
from lotwork.service import secret_files
from lotwork.service.secret_files import content, reveal


def test_a_variable_holds_a_secret(tmp_path: Path) -> None:
    assert reveal("env:PASSWORD", tmp_path, {"PASSWORD": "hunter2"}) == "hunter2"


def test_a_variable_that_is_not_set_is_no_empty_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PASSWORD is not set"):
        reveal("env:PASSWORD", tmp_path, {"PASSWORD": ""})


def test_systemd_gives_a_credential(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("hunter2\n")
    assert reveal("credential:smtp", Path("/nowhere"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "hunter2"


@pytest.mark.parametrize("name", ["../smtp", "absent", "/etc/passwd"])
def test_a_credential_comes_from_the_credentials_directory_only(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "smtp").write_text("hunter2\n")
    with pytest.raises(ConfigError, match="LoadCredential"):
        reveal(f"credential:{name}", Path("/nowhere"), {"CREDENTIALS_DIRECTORY": str(folder)})


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe", b"nul\x00", b"x" * 70_000])
def test_a_file_that_is_not_one_line_of_text_is_no_secret(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="one line"):
        reveal("file:secret", tmp_path)


def test_a_file_that_is_missing_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"No such file.*mode 0600"):
        reveal("file:secret", tmp_path)


@pytest.mark.parametrize("literal", ["hunter2", "hunter:2", "file:", "env:", ""])
def test_what_is_no_reference_is_refused_and_not_repeated(tmp_path: Path, literal: str) -> None:
    with pytest.raises(ConfigError, match="a secret stands in the settings") as caught:
        reveal(literal, tmp_path, {})
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize("held", ["", "\n", "  \n"])
def test_an_empty_file_is_told_as_empty(tmp_path: Path, held: str) -> None:
    (tmp_path / "pool.token").write_text(held)
    (tmp_path / "pool.token").chmod(0o600)
    with pytest.raises(ConfigError, match=r"pool\.token: is empty: write the secret into it"):
        content(tmp_path / "pool.token")


HELD_IN_A_FILE = """
import os, pathlib
from keyring.backend import KeyringBackend
class Held(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        if username == "locked":
            import time
            time.sleep(60)
        place = pathlib.Path(os.environ["HELD_IN"]) / f"{service}-{username}"
        return place.read_text() if place.exists() else None
    def set_password(self, service, username, password): raise NotImplementedError
    def delete_password(self, service, username): raise NotImplementedError
"""
"""A keyring of a folder of the test's own, asked through keyring itself."""


@pytest.fixture
def keyring(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "held_keyring.py").write_text(HELD_IN_A_FILE)
    named = {"PYTHON_KEYRING_BACKEND": "held_keyring.Held", "PYTHONPATH": str(tmp_path), "HELD_IN": str(tmp_path)}
    return {**os.environ, **named}


def test_a_keyring_holds_a_secret_and_one_without_it_says_how_to_put_it_in(
    keyring: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "lotwork-kraken").write_text("hunter2")
    assert reveal("keyring:kraken", tmp_path, keyring) == "hunter2"
    with pytest.raises(ConfigError, match=r"has no absent of the service lotwork.*keyring set lotwork absent"):
        reveal("keyring:absent", tmp_path, keyring)


def test_a_keyring_that_cannot_be_opened_here_is_told_so(tmp_path: Path) -> None:
    nobody = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    with pytest.raises(ConfigError, match="cannot be opened here"):
        reveal("keyring:kraken", tmp_path, nobody)


def test_a_keyring_that_waits_to_be_opened_ends(
    keyring: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_files, "KEYRING_SECONDS", 0.5)
    with pytest.raises(ConfigError, match=r"did not give locked within .* open it"):
        reveal("keyring:locked", tmp_path, keyring)


def test_without_the_extra_it_is_said_how_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_files, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match=r"pip install 'lotwork\[keyring\]'"):
        reveal("keyring:kraken", tmp_path, {})


@pytest.mark.parametrize("name", ["-m", "--help", "-"])
def test_no_word_of_the_settings_is_an_option_of_keyrings(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="is no name of a secret"):
        reveal(f"keyring:{name}", tmp_path, {})
