"""The settings: what a person writes wrong is told with its line, and no secret is ever read from the file itself."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from lotwork import config
from lotwork.ingest.register import SOURCES
from lotwork.ledger.errors import ConfigError, StorageError
from lotwork.service import web_password
from lotwork.service.settings import Settings

BITCOIN = """
[[sources.bitcoin_node]]
name = "node"
url = "http://127.0.0.1:8332"
start_height = 100
password_file = "node.password"
  [[sources.bitcoin_node.wallets]]
  wallet = "cold"
  watch = ["bc1qxy"]
"""


def written(home: Path, text: str) -> Path:
    (home / config.FILE).write_text(text)
    return home


def refused(home: Path, text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.load(written(home, text), environ=environ)
    assert caught.value.exit_code == 3
    return str(caught.value).replace(f"{home}/", "")


def test_a_home_without_settings_has_the_defaults(tmp_path: Path) -> None:
    settings = config.load(tmp_path, environ={}).settings
    assert (settings.daemon.host, settings.daemon.port) == ("127.0.0.1", 8949)
    assert settings.alerts.days_before == (30, 14, 7, 1)


def test_the_first_settings_are_comments_that_change_nothing_and_are_private(tmp_path: Path) -> None:
    path = config.write_default(tmp_path / "home")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert config.load(path.parent, environ={}).settings == Settings()


def test_the_example_in_the_first_settings_is_accepted_when_it_is_uncommented(tmp_path: Path) -> None:
    lines = config.write_default(tmp_path).read_text().splitlines()
    opened = [line[2:] if line.startswith(("# ", "#   ")) and ("=" in line or "[" in line) else line for line in lines]
    example = "\n".join(line for line in opened if not line.startswith(("LOTWORK_", "relative", "`lotwork", "Lotwork")))
    (tmp_path / web_password.FILE).write_text("the example lets another name ask, which needs a password\n")
    sources = config.load(written(tmp_path, example), environ={}).settings.sources
    shown = [tomllib.loads(declared.example)["sources"][declared.kind][0]["name"] for declared in SOURCES]
    assert [source.name for source in sources.all()] == shown
    assert {"home-node", "ethereum", "ocean", "receipts"} <= set(shown)


def test_settings_that_exist_are_never_written_over(tmp_path: Path) -> None:
    written(tmp_path, "[daemon]\nport = 9\n")
    config.write_default(tmp_path)
    assert config.load(tmp_path, environ={}).settings.daemon.port == 9


def test_settings_that_another_writes_at_the_same_moment_are_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_settings() -> str:
        written(tmp_path, "[daemon]\nport = 9\n")
        return ""

    monkeypatch.setattr(config, "first_settings", first_settings)
    config.write_default(tmp_path)
    assert config.load(tmp_path, environ={}).settings.daemon.port == 9


def test_a_flag_goes_before_a_variable_before_the_file_before_the_default(tmp_path: Path) -> None:
    written(tmp_path, "[daemon]\nport = 1\nprices_every_seconds = 1\nalerts_every_seconds = 1\n")
    environ = {"LOTWORK_DAEMON__PORT": "2", "LOTWORK_DAEMON__PRICES_EVERY_SECONDS": "2"}
    found = config.load(tmp_path, flags={"daemon.port": 3}, environ=environ)
    daemon = found.settings.daemon
    assert (daemon.port, daemon.prices_every_seconds, daemon.alerts_every_seconds) == (3, 2, 1)
    assert daemon.verify_every_seconds == 86_400
    assert found.origins == {
        "daemon.port": "--port",
        "daemon.prices_every_seconds": "$LOTWORK_DAEMON__PRICES_EVERY_SECONDS",
        "daemon.alerts_every_seconds": f"{tmp_path}/config.toml:4",
    }


def test_a_variable_may_hold_a_list_and_a_text_that_looks_like_a_number(tmp_path: Path) -> None:
    environ = {
        "LOTWORK_ALERTS__DAYS_BEFORE": "[3, 2]",
        "LOTWORK_ALERTS__HARVEST_FEE": "25",
        "LOTWORK_PRICES__CSV_FILE": "2026",
        "LOTWORK_PRICES__SOURCES": '["csv"]',
        "LOTWORK_HOME": "/elsewhere",
    }
    settings = config.load(tmp_path, environ=environ).settings
    assert settings.alerts.days_before == (3, 2)
    assert settings.alerts.harvest_fee == "25"
    assert settings.prices.place("csv") == "2026"


def test_every_unknown_key_is_told_at_once_with_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    text = "[daemon]\nprot = 1\n[alert]\n[alerts]\ndays_befor = [1]\n"
    told = refused(tmp_path, text)
    assert "config.toml:2: daemon.prot: unknown key: did you mean port?" in told
    assert "config.toml:3: alert: unknown key: did you mean alerts?" in told
    assert "config.toml:5: alerts.days_befor: unknown key: did you mean days_before?" in told


def test_an_unknown_variable_is_told_by_its_name(tmp_path: Path) -> None:
    told = refused(tmp_path, "", LOTWORK_DAEMON__PROT="1")
    assert "$LOTWORK_DAEMON__PROT: daemon.prot: unknown key: did you mean port?" in told


def test_the_line_is_right_in_the_second_of_two_sources(tmp_path: Path) -> None:
    text = BITCOIN + BITCOIN.replace('"node"', '"other"').replace('wallet = "cold"', 'walet = "cold"')
    told = refused(tmp_path, text)
    assert "config.toml:17: sources.bitcoin_node[1].wallets[0].walet: unknown key: did you mean wallet?" in told
    assert "config.toml:6" not in told


def test_a_missing_key_and_a_value_of_the_wrong_type_are_told_with_their_line(tmp_path: Path) -> None:
    told = refused(tmp_path, '[daemon]\nport = "http"\n[[sources.ocean]]\nname = "o"\n')
    assert "config.toml:2: daemon.port: Expected `int`, got `str`" in told
    assert "config.toml:3: sources.ocean[0]." in told
    assert "the key is missing: add it" in told


def test_a_line_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "config.toml:2: (syntax)" in refused(tmp_path, "[daemon]\nport = = 1\n")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.evil.com", ""])  # noqa: S104 - that it is refused is the test
def test_the_pages_are_never_served_to_another_machine(tmp_path: Path, host: str) -> None:
    assert "not a loopback address" in refused(tmp_path, f'[daemon]\nhost = "{host}"\n')


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.53"])
def test_a_loopback_address_is_accepted(tmp_path: Path, host: str) -> None:
    assert config.load(written(tmp_path, f'[daemon]\nhost = "{host}"\n'), environ={}).settings.daemon.host == host


def test_two_sources_of_one_name_would_share_a_cursor_and_are_refused(tmp_path: Path) -> None:
    assert "two sources of one book are named node" in refused(tmp_path, BITCOIN + BITCOIN)


def test_a_password_in_an_address_is_refused_without_repeating_it(tmp_path: Path) -> None:
    told = refused(tmp_path, BITCOIN.replace("http://", "http://lotwork:hunter2@"))
    assert "move them to `user` and `password_file`" in told
    assert "hunter2" not in told


def test_a_password_in_the_file_itself_is_refused_without_repeating_it(tmp_path: Path) -> None:
    found = config.load(written(tmp_path, BITCOIN.replace("password_file", "password")), environ={})
    with pytest.raises(ConfigError, match="take it out") as caught:
        found.secrets()
    assert "node.password" not in str(caught.value)


def test_both_a_password_and_its_file_are_one_too_many(tmp_path: Path) -> None:
    assert "keep one" in refused(
        tmp_path, BITCOIN.replace("[[sources.bitcoin_node.w", 'password = "env:A"\n[[sources.bitcoin_node.w')
    )


def test_a_secret_file_only_its_owner_reads_is_read(tmp_path: Path) -> None:
    (tmp_path / "node.password").write_text("hunter2\n")
    (tmp_path / "node.password").chmod(0o600)
    found = config.load(written(tmp_path, BITCOIN), environ={})
    assert found.secrets() == ("hunter2",)
    assert found.secret(None, "node.password") == "hunter2"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_secret_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "node.password"
    path.write_text("hunter2")
    path.chmod(mode)
    with pytest.raises(ConfigError, match=f"mode {mode:04o}.*chmod 600"):
        config.load(written(tmp_path, BITCOIN), environ={}).secrets()


def test_each_secret_that_is_missing_is_told_by_its_own_key_and_where_it_was_looked_for(tmp_path: Path) -> None:
    apprise = '[alerts.apprise]\nurls = ["env:LOTWORK_TEST_GONE", "credential:hook"]\n'
    mail = '[alerts.email]\nhost = "h"\nsender = "a@b"\nrecipients = ["a@b"]\npassword_file = "smtp.password"\n'
    (tmp_path / "node.password").write_text("hunter2\n")
    (tmp_path / "node.password").chmod(0o600)
    found = config.load(written(tmp_path, BITCOIN + mail + apprise), environ={})
    with pytest.raises(ConfigError) as caught:
        found.secrets()
    how = "write file:PATH (mode 0600), env:NAME, credential:NAME or keyring:NAME"
    expected = f"""\
config.toml:14: alerts.email.password_file: the secret in smtp.password cannot be read (No such file or directory): \
create it with mode 0600
config.toml:16: alerts.apprise.urls[0]: the variable LOTWORK_TEST_GONE is not set: \
set it where the daemon is started, or {how}
config.toml:16: alerts.apprise.urls[1]: there is no credential hook, since systemd gave none \
($CREDENTIALS_DIRECTORY): add LoadCredential=hook:PATH to the unit, or {how}"""
    assert str(caught.value).replace(f"{tmp_path}/", "").partition("\n")[2] == expected


def test_settings_that_cannot_be_read_are_an_error_not_the_defaults(tmp_path: Path) -> None:
    (tmp_path / config.FILE).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path, environ=dict(os.environ))


def test_alerts_are_for_some_book(tmp_path: Path) -> None:
    assert "config.toml:2: alerts.books: Expected `array` of length >= 1" in refused(tmp_path, "[alerts]\nbooks = []\n")


@pytest.mark.parametrize("kind", ["folder", "pipe", "endless", "deep"])
def test_settings_that_are_no_settings_are_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    file = tmp_path / config.FILE
    match kind:
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case "endless":
            with file.open("wb") as sparse:
                sparse.truncate(1 << 36)
        case _:
            file.write_text("a = " + "[" * 20_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="the settings cannot be read"):
        config.load(tmp_path, environ={})


def test_a_home_that_nobody_can_look_into_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to(tmp_path / "home")
    with pytest.raises(StorageError, match="name a folder you may write"):
        config.write_default(tmp_path / "home")


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="name a folder you may write"):
        config.write_default(home)
