from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from lotwork import config
from lotwork.ledger.errors import ConfigError, InputRefusedError
from lotwork.service import web_password
from lotwork.service.http_server import HttpServer
from lotwork.service.web_password import FILE, has_password, is_password, kept_password, remove_password, set_password
from tests.command_line import lotwork

GOOD = "correct horse battery"


def test_a_password_is_kept_as_a_digest_that_only_its_owner_may_read(tmp_path: Path) -> None:
    path = set_password(tmp_path / "home", GOOD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = kept_password(tmp_path / "home")
    assert kept is not None
    assert GOOD not in kept
    assert kept.startswith("scrypt$32768$8$1$")
    assert is_password(kept, GOOD)
    assert not any(is_password(kept, other) for other in ("", GOOD.upper(), f"{GOOD} "))


def test_the_same_password_is_kept_otherwise_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_password, "COST", 16)
    first = set_password(tmp_path, GOOD).read_text()
    assert set_password(tmp_path, GOOD).read_text() != first
    assert remove_password(tmp_path)
    assert not has_password(tmp_path)
    assert not remove_password(tmp_path)


@pytest.mark.parametrize("short", ["", "eleven chars"[:11], "x" * 1025])
def test_what_is_too_short_or_too_long_is_refused(tmp_path: Path, short: str) -> None:
    with pytest.raises(InputRefusedError, match="12 to 1024"):
        set_password(tmp_path, short)
    assert not has_password(tmp_path)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="no UTF-8 text"):
        set_password(tmp_path, "\udcff\udcfe" + GOOD)
    assert not has_password(tmp_path)


def test_a_file_that_others_may_read_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("scrypt$32768$8$1$AAAA$AAAA\n")
    (tmp_path / FILE).chmod(0o644)
    assert kept_password(tmp_path) is None


@pytest.mark.parametrize(
    "kept", ["plain", "scrypt$1$8$1$AAAA$AAAA", "scrypt$32768$8$1$AAAA", "scrypt$32768$8$1$%$AAAA"]
)
def test_what_is_no_digest_says_what_to_do(kept: str) -> None:
    with pytest.raises(ConfigError, match="lotwork web password"):
        is_password(kept, GOOD)


def test_the_command_sets_it_and_takes_it_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert '"has_password": true' in lotwork(home, "web", "password", "--stdin", "--json", given=f"{GOOD}\n").out
    assert has_password(home)
    lotwork(home, "web", "password", "--remove")
    assert not has_password(home)
    assert "--stdin" in lotwork(home, "web", "password", code=2).err


DAEMONS: tuple[tuple[str, bool], ...] = (
    ('host = "0.0.0.0"', True), ('host = "192.168.1.5"', True), ('allowed_hosts = ["lotwork.example.org"]', True),
    ('path_prefix = "/tax"', False), ('trusted_proxies = ["10.0.0.0/8", "::1"]', False),
)  # fmt: skip


def loaded(home: Path, line: str, environ: Mapping[str, str] | None = None) -> config.Config:
    home.mkdir(exist_ok=True)
    (home / config.FILE).write_text(f"[daemon]\n{line}\n")
    return config.load(home, environ=environ or {})


@pytest.mark.parametrize(("line", "is_beyond"), DAEMONS)
def test_what_lets_others_ask_needs_a_password(tmp_path: Path, line: str, is_beyond: bool) -> None:
    if is_beyond:
        with pytest.raises(ConfigError, match="daemon") as refused:
            loaded(tmp_path, line)
        told = refused.value.problems[0]
        assert "have no password" in told.reason
        assert "lotwork web password" in told.remedy
        assert told.where.endswith("config.toml:2")
        (tmp_path / FILE).write_text("anything")
    assert loaded(tmp_path, line).settings.daemon.reach.is_beyond is is_beyond


@pytest.mark.parametrize(
    "line",
    ['allowed_hosts = ["https://a.example"]', 'allowed_hosts = ["A.example"]', 'allowed_hosts = ["a.example:80"]',
     'trusted_proxies = ["nginx"]', 'trusted_proxies = ["10.0.0.1/8"]', 'path_prefix = "tax"', 'path_prefix = "/tax/"',
     'path_prefix = "/../"', 'host = "pi.local"'],
)  # fmt: skip
def test_a_setting_that_names_nothing_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text("anything")
    with pytest.raises(ConfigError):
        loaded(tmp_path, line)


def test_even_so_the_server_listens_to_nobody_else_without_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lotwork web password"):
        HttpServer.bind("0.0.0.0", 0, tmp_path)  # noqa: S104 - that it is refused is the test
