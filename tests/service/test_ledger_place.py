"""Where a ledger is kept is known before it is opened, or nothing is opened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lotwork import config
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, HomeNotFoundError
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.service.home import check_home
from lotwork.service.ledger_place import Ledger, database_of, ledger_settings, open_log, open_store
from tests.ledger.making import CREATED
from tests.postgres_server import OWNER, Server

URL = "postgresql://lotwork_app1@db1.example.org:5432/Lotwork1"


def said(home: Path, text: str, **environ: str) -> Ledger:
    (home / "config.toml").write_text(text)
    return ledger_settings(home, environ)


@pytest.mark.parametrize(
    "text",
    [
        f'[ledger]\nurl = "{URL}"\n',
        f'  [ ledger ] # where\n  url = "{URL}"\n',
        f'["ledger"]\nurl = "{URL}"\n',
        f'ledger.url = "{URL}"\n',
        f'"ledger".url = "{URL}"\n',
        f'ledger = {{ url = "{URL}" }}\n',
        f"[daemon]\nport = 0\n\n['ledger']\nurl = '{URL}'\n",
        f'[ledger]\n# url = "another"\n\n  # and no more\nurl = "{URL}"\n',
        f'[ledger]\r\n# here\r\nurl = "{URL}"\r\n',
        f'[daemon]\nnote = """\n[ledger]\n# none\n"""\n[ledger]\nurl = "{URL}"\n',
        f'note = """\n[ledger]\n# none\n[daemon]"""\nledger.url = "{URL}"\n',
    ],
)
def test_the_server_is_known_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text).url == URL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# [ledger]\n# url = 1\n",
        "[daemon]\nport = 0\n",
        "this is = no toml [",
        "[ledger]",
        '[ledger]\n# url = "x"\n\n[daemon]\nport = 0\n',
        '\n\n[ledger] \n# url = "x"\n',
    ],
)
def test_a_home_that_says_nothing_of_it_has_its_own_file(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == Ledger()
    assert isinstance(database_of(tmp_path), Sqlite)


def test_what_is_no_text_stops_nobody_who_has_his_own_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"# caf\xe9\n")
    assert ledger_settings(tmp_path, {}) == Ledger()
    (tmp_path / "config.toml").write_bytes(b"# caf\xe9\n[ledger]\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        ledger_settings(tmp_path, {})


def test_a_variable_goes_before_the_file(tmp_path: Path) -> None:
    assert said(tmp_path, '[ledger]\nurl = "postgresql://a@b/c"\n', LOTWORK_LEDGER__URL=URL).url == URL
    (tmp_path / "config.toml").unlink()
    assert ledger_settings(tmp_path, {"LOTWORK_LEDGER__URL": URL}).url == URL
    with pytest.raises(ConfigError, match="not the address"):
        ledger_settings(tmp_path, {"LOTWORK_LEDGER__URL": "nonsense"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[ledger]\nurl = "mysql://x/y"\n', r"config\.toml:\d: ledger.*not the address"),
        ('[ledger]\nurl = "postgresql://me:s3cret@x/y"\n', "holds a password"),
        ("[ledger]\nurl = 5\n", "Expected `str"),
        ('[ledger]\nurll = "x"\n', "did you mean url"),
        ("ledger = 5\n", "ledger"),
        ('[ledger]\nurl = "postgresql://x/y\n', "syntax"),
        (f'[ledger]\nurl = "{URL}"\npassword = "env:A"\npassword_file = "b"\n', "both given"),
    ],
)
def test_settings_that_do_not_say_where_it_is_open_nothing(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        said(tmp_path, text)
    assert "s3cret" not in str(refused.value)


def test_the_daemons_settings_say_the_same_and_know_the_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(f'[ledger]\nurl = "{URL}"\npassword = "env:LOTWORK_TEST_SECRET"\n')
    monkeypatch.setenv("LOTWORK_TEST_SECRET", "pl4nted")
    monkeypatch.setenv("PGPASSWORD", "pl4nted too")
    loaded = config.load(tmp_path, environ={})
    assert loaded.settings.ledger == ledger_settings(tmp_path, {})
    assert loaded.secrets() == ("pl4nted", "pl4nted too")  # and neither host nor role, of which the log must speak


def test_without_its_library_a_server_is_refused_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(f'[ledger]\nurl = "{URL}"\n')
    monkeypatch.setitem(sys.modules, "lotwork.ledger.storage.postgres.database", None)
    with pytest.raises(ConfigError, match=r"pip install lotwork\[postgres\]"):
        open_log(tmp_path)


def test_a_database_without_a_ledger_is_no_home(tmp_path: Path, postgres: Server) -> None:
    with postgres.database(made=False) as name:
        (tmp_path / "config.toml").write_text(f'[ledger]\nurl = "{postgres.url(name, OWNER)}"\n')
        with open_log(tmp_path) as log, pytest.raises(HomeNotFoundError, match="ledger init"):
            check_home(log)
        open_store(tmp_path, clock=SetClock(CREATED)).close()
        with open_log(tmp_path) as log:
            check_home(log)
            assert log.books() == ()
