"""`lotwork source add` by options alone: tested before it is saved, and nothing is recorded, shown or left behind."""

from __future__ import annotations

import errno
import stat
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork import config
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ingest.sections import secret_form
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.log import EventLog
from lotwork.service.told_elsewhere import watched_already
from tests.commands.calling import Caller, Told
from tests.ingest.scripted_server import Reply, Script
from tests.ingest.test_scrubbing import CODED, SPELLINGS

CANARY = "canary-7919-of-the-pool"
ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ZPUB = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
"""The first account of BIP84's test vector."""
XPRV = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
SEED = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
BY_KIND = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)


def settings_of(lotwork: Caller) -> str:
    """Return config.toml as it stands; nothing where there is none."""
    path = lotwork.home / config.FILE
    return path.read_text(encoding="utf-8") if path.exists() else ""


def everything(home: Path) -> dict[str, bytes]:
    """Return each file of *home* with its bytes, but for what a database that is only read may leave beside it."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def add(lotwork: Caller, pool: Script, *more: str, given: str = f"{CANARY}\n", code: int | None = 0) -> Told:
    """Add the pool on the loopback."""
    where = ("--set", f"base_url={pool.url}", "--set", "allow_private=true")
    keys = ("--set", "wallet=cold", "--set", "start=2026-03-01", "--set", "account=own")
    return lotwork("source", "add", "braiins", *where, *keys, "--secret-file", "-", *more, given=given, code=code)


def test_it_is_asked_before_it_is_saved_and_what_it_told_is_shown(lotwork: Caller, pool: Script) -> None:
    told = add(lotwork, pool)
    assert "braiins (braiins, own): it answered: 2 receipts\n" in told.out
    assert "  first  2026-03-03T02:06:40Z receipt 0.01250000 BTC (cold)\n" in told.out
    assert "  last   2026-03-04T04:53:27Z receipt 0.00021034 BTC (lightning)\n" in told.out
    assert "it cannot see: the pool's fee and the gross" in told.out
    assert told.out.endswith("Next:\n  lotwork poll braiins\n  lotwork run\n")
    assert all(len(line) <= 80 or str(lotwork.home) in line for line in told.out.splitlines())
    (section,) = config.load(lotwork.home, environ={}).settings.sources.all()
    assert (section.name, section.book) == ("braiins", "main")
    assert pool.headers[0]["Pool-Auth-Token"] == CANARY


def test_a_test_records_nothing(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    before = everything(lotwork.home)
    lotwork("source", "test")
    lotwork("source", "list")
    assert everything(lotwork.home) == before
    assert set(before) == {"braiins.token", "config.toml", "ledger.sqlite", "writer.lock"}
    with EventLog.open(lotwork.home) as log:
        assert log.head("main").position == 0
        assert log.cursor("main", "braiins") is None


def test_what_was_polled_is_told_again_by_a_test(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    lotwork("poll", "braiins", code=None)
    with EventLog.open(lotwork.home) as log:
        assert log.head("main").position == 2
    tried = lotwork("source", "test", "braiins", "--json").result["sources"]
    assert [(row["ok"], row["count"], row["kinds"]) for row in tried] == [(True, 2, {"receipt": 2})]


def test_the_secret_is_in_a_file_of_its_own_and_nowhere_else(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the pool repeats it, where it refuses, and where a bug ends the command."""
    monkeypatch.setenv("LOTWORK_DEBUG", "1")
    repeats = Reply(status=401, body=f'{{"error": "no access for {CANARY}"}}'.encode())
    honest, pool.answer = pool.answer, lambda _path: repeats
    said = [add(lotwork, pool, code=6), add(lotwork, pool, "--json", code=6)]
    assert not (lotwork.home / "braiins.token").exists()
    pool.answer = lambda _path: Reply(body=f'{{"btc": {{"daily_rewards": "{CANARY}"}}}}'.encode())
    said.append(add(lotwork, pool, code=None))
    pool.answer = honest
    with monkeypatch.context() as broken:
        broken.setattr("lotwork.service.source_adding.with_table", lambda *_: 1 / 0)
        said.append(add(lotwork, pool, code=70))
    said.append(add(lotwork, pool, "--json"))
    said += [lotwork("source", *words, code=None) for words in (("test",), ("test", "--json"), ("list", "--json"))]
    file = lotwork.home / "braiins.token"
    assert file.read_text(encoding="utf-8") == f"{CANARY}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    left = {name: content for name, content in everything(lotwork.home).items() if name != file.name}
    words = b"\x00".join((*left.values(), *(f"{told.out}{told.err}".encode() for told in said)))
    for spelled in {**SPELLINGS, **CODED}.values():
        assert spelled(CANARY).strip("\"'=").encode() not in words


def test_where_the_test_fails_nothing_is_saved_and_it_says_why(lotwork: Caller, pool: Script) -> None:
    lotwork("init", "--no-input")
    before = everything(lotwork.home)
    pool.answer = lambda _path: Reply(status=403, body=b'{"error": "forbidden"}')
    told = add(lotwork, pool, code=6)
    assert "nothing was saved, since the test failed" in told.err
    assert "403" in told.err
    assert everything(lotwork.home) == before


def test_no_test_saves_it_and_says_so(lotwork: Caller, pool: Script) -> None:
    told = add(lotwork, pool, "--no-test")
    assert "it was not tested" in told.err
    assert not pool.asked
    assert config.load(lotwork.home, environ={}).settings.sources.all()


def test_no_test_saves_nothing_that_cannot_work(lotwork: Caller) -> None:
    words = ("--set", "chain_id=9", "--set", "start_height=1", "--set", "wallets.wallet=w")
    more = ("--set", "url=http://127.0.0.1:1", "--set", "wallets.watch=0xabc")
    wrong = lotwork("source", "add", "evm_node", "--no-test", *words, *more, code=3)
    assert "native_asset" in wrong.err
    assert not config.load(lotwork.home, environ={}).settings.sources.all()


def test_a_file_beside_the_command_is_named_in_full(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.token").write_text(CANARY, encoding="utf-8")
    (tmp_path / "mine.token").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    add(lotwork, pool, "--secret-file", "mine.token")
    assert tomllib.loads(settings_of(lotwork))["sources"]["braiins"][0]["key_file"] == str(tmp_path / "mine.token")


def test_a_usage_that_is_wrong_makes_no_home(lotwork: Caller) -> None:
    lotwork.home = lotwork.home.with_name("none")
    for words in ((), ("ocean",), ("nobody",), ("csv",)):
        lotwork("source", "add", *words, code=2)
    assert not lotwork.home.exists()


def test_where_the_settings_cannot_be_written_the_secret_goes_again(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    lotwork("init", "--no-input")
    before = everything(lotwork.home)
    monkeypatch.setattr("lotwork.service.settings_saved.replace_text", full)
    assert "nothing was saved" in add(lotwork, pool, code=5).err
    assert everything(lotwork.home) == before


def test_what_was_changed_while_it_was_asked_is_kept(lotwork: Caller, pool: Script) -> None:
    lotwork("init", "--no-input")
    honest = pool.answer

    def edits(path: str) -> Reply:
        (lotwork.home / config.FILE).write_text("# edited meanwhile\n", encoding="utf-8")
        return honest(path)

    pool.answer = edits
    add(lotwork, pool)
    assert settings_of(lotwork).startswith("# edited meanwhile\n\n[[sources.braiins]]")


def test_what_is_missing_is_told_at_once_with_what_to_give(lotwork: Caller) -> None:
    told = lotwork("source", "add", "antpool", code=2)
    assert "give --set account=… --set wallet=… --set start=… --secret-file key=FILE --secret-file api_secret=FILE" in (
        told.err
    )
    assert "[[sources.antpool]]" in told.err
    assert "--set wallets.wallet=… --set wallets.watch=…" in lotwork("source", "add", "bitcoin_node", code=2).err
    assert "say which" in lotwork("source", "add", code=2).err
    assert "did you mean '2miners'?" in lotwork("source", "add", "2miner", code=2).err
    assert "did you mean wallet?" not in lotwork("source", "add", "ocean", "--set", "purse=x", code=2).err
    assert "write it as KEY=VALUE" in lotwork("source", "add", "ocean", "--set", "purse", code=2).err
    wrong = lotwork("source", "add", "ocean", "--set", "address=a", "--set", "wallet=w", "--set", "start=soon", code=2)
    assert "start" in wrong.err


@pytest.mark.parametrize("secret", [XPRV, SEED, f"wpkh({XPRV}/0/*)"])
@pytest.mark.parametrize(
    "words",
    [("--set", "wallets.wallet=w", "--set", "wallets.watch={}"), ("--set", "wallets=[{{wallet='w', watch=['{}']}}]")],
)
def test_what_lets_spend_is_refused_and_not_repeated(lotwork: Caller, secret: str, words: tuple[str, ...]) -> None:
    told = lotwork("source", "add", "bitcoin_node", *(word.format(secret) for word in words), code=3)
    assert "private key or a seed" in told.err
    assert not {*secret.split()} & {*told.err.split()} - {"a"}
    assert "xprv" not in settings_of(lotwork)


@pytest.mark.parametrize("secret", [XPRV, SEED, "", "  ", "a\x1b[2J"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(lotwork: Caller, pool: Script, secret: str) -> None:
    told = add(lotwork, pool, given=f"{secret}\n", code=3)
    assert "key: " in told.err
    assert not secret.strip() or secret not in told.err
    assert not (lotwork.home / "braiins.token").exists()


@pytest.mark.parametrize("told", [f"key={CANARY}", f"url=https://node.example/v3/{CANARY}{CANARY}"])
def test_a_secret_among_the_words_of_the_command_is_refused_and_not_repeated(lotwork: Caller, told: str) -> None:
    kind = "braiins" if told.startswith("key") else "evm_node"
    refused = lotwork("source", "add", kind, "--set", told, code=2)
    assert "change it" in refused.err
    assert CANARY not in refused.err
    assert CANARY not in settings_of(lotwork)


def test_the_secret_may_be_anywhere_that_settings_may_name(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_TESTS", CANARY)
    keys = (
        "--set",
        f"base_url={pool.url}",
        "--set",
        "allow_private=true",
        "--set",
        "wallet=c",
        "--set",
        "start=2026-03-01",
    )
    lotwork("source", "add", "braiins", "--name", "by-env", *keys, "--secret-env", "TOKEN_OF_TESTS")
    own = lotwork.home.parent / "own.token"
    own.write_text(CANARY, encoding="utf-8")
    own.chmod(0o644)
    by_file = ("source", "add", "braiins", "--name", "by-file", *keys, "--secret-file", f"key={own}")
    assert f"chmod 600 {own}" in lotwork(*by_file, code=3).err
    own.chmod(0o600)
    lotwork(*by_file)
    by_systemd = ("source", "add", "braiins", "--name", "by-systemd", *keys, "--secret-credential", "braiins")
    assert "there is no credential braiins" in lotwork(*by_systemd, code=3).err
    lotwork(*by_systemd, "--no-test")
    braiins = tomllib.loads(settings_of(lotwork))["sources"]["braiins"]
    assert [(each["name"], each.get("key", each.get("key_file"))) for each in braiins] == [
        ("by-env", "env:TOKEN_OF_TESTS"),
        ("by-file", str(own)),
        ("by-systemd", "credential:braiins"),
    ]
    asked = [headers["Pool-Auth-Token"] for headers in pool.headers]
    assert asked == [CANARY] * len(asked)
    assert CANARY not in settings_of(lotwork)


def test_a_name_that_is_there_and_a_file_that_is_there_are_refused_with_what_to_do(
    lotwork: Caller, pool: Script
) -> None:
    add(lotwork, pool)
    before = everything(lotwork.home)
    asked = len(pool.asked)
    assert "lotwork source remove braiins" in add(lotwork, pool, code=3).err
    lotwork("source", "remove", "braiins")
    file = lotwork.home / "braiins.token"
    told = file.read_text(encoding="utf-8")
    for other in ("another-key\n", f"{told}{told}", ""):
        file.write_text(other, encoding="utf-8")
        assert "is there already: name it with --secret-file braiins.token" in add(lotwork, pool, code=3).err
        assert file.read_text(encoding="utf-8") == other
    assert len(pool.asked) == asked
    where = ("--set", f"base_url={pool.url}", "--set", "allow_private=true", "--set", "account=own")
    keys = ("--set", "wallet=cold", "--set", "start=2026-03-01", "--secret-file", "braiins.token")
    file.write_text(told, encoding="utf-8")
    lotwork("source", "add", "braiins", *where, *keys)
    assert everything(lotwork.home) == before
    lotwork("source", "remove", "braiins")
    add(lotwork, pool)  # what a kill left between the secret and the settings is taken up, where it is the same
    assert everything(lotwork.home) == before


@pytest.mark.parametrize("broken", ["[daemon\n", "[daemon]\nport = 'x'\n", "[sources]\nfiles = 3\n", "\ufeffa = 1\n"])
def test_settings_that_cannot_be_used_are_left_as_they_are(lotwork: Caller, pool: Script, broken: str) -> None:
    (lotwork.home / config.FILE).write_text(broken, encoding="utf-8")
    assert str(lotwork.home / config.FILE) in add(lotwork, pool, code=3).err
    assert settings_of(lotwork) == broken
    assert not (lotwork.home / "braiins.token").exists()


@pytest.mark.parametrize("inline", ["[sources]\nbraiins = []\n", "sources = {}\n", "sources.braiins = []\n"])
def test_a_form_that_cannot_be_changed_line_by_line_is_left_with_what_to_write(
    lotwork: Caller, pool: Script, inline: str
) -> None:
    (lotwork.home / config.FILE).write_text(inline, encoding="utf-8")
    told = add(lotwork, pool, code=3)
    assert "[[sources.braiins]]" in told.err
    assert settings_of(lotwork) == inline


def test_a_daemon_that_runs_is_told_by_its_pid(lotwork: Caller, pool: Script) -> None:
    with DaemonLock.acquire(lotwork.home):
        told = add(lotwork, pool)
    assert "kill -HUP " in told.out
    assert "systemctl reload lotwork" in told.out


def test_the_book_is_that_of_the_command(lotwork: Caller, pool: Script) -> None:
    added = add(lotwork, pool, "--book", "spouse", "--json").result
    assert (added["book"], added["source"]["book"]) == ("spouse", "spouse")


def words_of(source: DeclaredSource[Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the options that say what the declaration's example says, and that example."""
    example = filled(tomllib.loads(source.example)["sources"][source.kind][0])
    words: list[str] = []
    fields = {field.name: field.type for field in msgspec.structs.fields(source.settings)}
    for key, value in example.items():
        if secret_form(fields[key]):
            words += ["--secret-file", f"{key.removesuffix('_file')}={value}"]
        elif isinstance(value, list) and isinstance(value[0], dict):
            inner = [f"{key}.{name}={spelled(one)}" for name, one in value[0].items()]
            words += [word for told in inner for word in ("--set", told)]
        else:
            words += ["--set", f"{key}={spelled(value)}"]
    return words, example


def spelled(value: Any) -> str:
    """Return *value* as a person gives it to `--set`."""
    return ",".join(value) if isinstance(value, list) else str(value)


def filled(value: Any) -> Any:
    """Return *value* with whole addresses where the example begins one."""
    if isinstance(value, str):
        return value.replace("bc1q...", ADDRESS).replace("0x...", f"0x{'1' * 40}").replace("zpub...", ZPUB)
    if isinstance(value, list):
        return [filled(each) for each in value]
    return {key: filled(each) for key, each in value.items()} if isinstance(value, dict) else value


@BY_KIND
def test_every_source_is_added_by_its_example_and_taken_out_to_the_byte(
    lotwork: Caller, source: DeclaredSource[Any]
) -> None:
    lotwork("init", "--no-input")
    before = settings_of(lotwork)
    words, example = words_of(source)
    lotwork("source", "add", source.kind, "--no-test", *words)
    after = settings_of(lotwork)
    assert after.startswith(before)
    assert tomllib.loads(after)["sources"] == {source.kind: [example]}
    (section,) = config.load(lotwork.home, environ={}).settings.sources.all()
    assert isinstance(section, source.settings)
    comments = [line.partition("#")[2].strip() for line in source.example.splitlines() if "#" in line]
    assert all(comment in after for comment in comments if f"[[sources.{source.kind}." not in comment)
    lotwork("source", "remove", section.name)
    assert settings_of(lotwork) == before


@pytest.mark.parametrize("source", PRICE_SOURCES, ids=lambda source: source.name)
def test_every_source_of_prices_is_added_and_taken_out_to_the_byte(lotwork: Caller, source: DeclaredPrices) -> None:
    asked = [each.name for each in PRICE_SOURCES if each is not source and each.default is not None]
    before = f"# mine\n[prices]\nsources = {asked}  # in this order\n".replace("'", '"')
    (lotwork.home / config.FILE).write_text(before, encoding="utf-8")
    place = next(iter(tomllib.loads(source.example).values()))
    lotwork("source", "add", f"prices.{source.name}", "--no-test", "--set", f"{source.key}={place}")
    prices = config.load(lotwork.home, environ={}).settings.prices
    assert (prices.sources, prices.place(source.name)) == ((*asked, source.name), place)
    refused = lotwork("source", "add", f"prices.{source.name}", "--no-test", code=3).err
    assert "asked already" in refused
    assert f"`lotwork source remove prices.{source.name}`" in refused
    assert ('write `coingecko_key_file = "FILE"` into [prices]' in refused) is (source.name == "coingecko")
    lotwork("source", "remove", f"prices.{source.name}")
    assert settings_of(lotwork) == before


def test_a_file_of_prices_is_read_before_it_is_saved(
    lotwork: Caller, unhurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del unhurried
    lotwork("init", "--no-input")
    before = settings_of(lotwork)
    assert "give --set csv_file=…" in lotwork("source", "add", "csv", code=2).err
    add_csv = ("source", "add", "csv", "--set", f"csv_file={lotwork.home / 'p.csv'}")
    lotwork(*add_csv, code=3)
    assert settings_of(lotwork) == before
    row = "2026-03-04T00:00:00Z,BTC,90000,1d\n"
    (lotwork.home / "p.csv").write_text(f"at,asset,price_usd,interval\n{row}", encoding="utf-8")
    assert "first  2026-03-04T00:00:00Z price BTC $90000\n" in lotwork(*add_csv).out
    assert tomllib.loads(settings_of(lotwork))["prices"]["sources"] == ["coinbase", "kraken", "csv"]
    monkeypatch.delenv("LOTWORK_PRICES__SOURCES")
    assert [row["name"] for row in lotwork.rows("source", "list")] == ["coinbase", "kraken", "csv"]
    lotwork("source", "remove", "csv")
    assert settings_of(lotwork) == before


def test_a_folder_is_read_before_it_is_saved(lotwork: Caller) -> None:
    words = ("source", "add", "files", "--name", "receipts", "--set", "folder=inbox")
    assert "is no folder: create it" in lotwork(*words, code=3).err
    (lotwork.home / "inbox").mkdir()
    assert "it answered: nothing yet\n" in lotwork(*words).out
    assert not (lotwork.home / "evidence").exists()


def test_a_source_that_does_not_answer_is_told_so_and_not_that_it_is_asked_again(lotwork: Caller, pool: Script) -> None:
    """Nothing asks again what was not saved."""
    pool.url = "http://127.0.0.1:9"
    told = add(lotwork, pool, code=6)
    assert "nothing was saved" in told.out + told.err
    assert "; then try it again" in told.err
    assert "asked again" not in told.out + told.err


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ocean", ()),
        ("solo_pool", ("--set", "service=ckpool")),
        ("address_pool", ("--set", "service=2miners", "--set", "coin=BTC")),
    ],
)
def test_a_mistyped_address_is_refused_before_anybody_is_asked(
    lotwork: Caller, kind: str, more: tuple[str, ...]
) -> None:
    keys = ("--set", f"address={ADDRESS[:-1]}q", "--set", "wallet=cold", "--set", "start=2026-03-01")
    told = lotwork("source", "add", kind, *keys, *more, code=3)
    assert "a letter of it is mistyped: copy it again from your wallet" in told.err
    assert f"[[sources.{kind}]]" not in settings_of(lotwork).replace("# [[", "")


def test_what_another_source_or_book_tells_already_is_said_before_it_is_saved(lotwork: Caller, pool: Script) -> None:
    paid = {"kind": "receipt", "at": "2026-03-03T02:06:30Z", "wallet": "exchange", "asset": "BTC", "quantity": "0.0125",
            "income": "pool_payout", "pool": "braiins", "price_usd": "1"}  # fmt: skip
    lotwork.take(
        paid | {"source": "coinbase"}, paid | {"source": "coinbase", "book": "old", "at": "2026-03-03T02:06:50Z"}
    )
    told = " ".join(add(lotwork, pool).out.split())
    assert "1 of its 2 rows seem to be told by coinbase already" in told
    assert "1 of its 2 rows seem to be told in the book old by coinbase already" in told
    again = " ".join(add(lotwork, pool, "--name", "twice").out.split())
    assert "braiins reads this account already: keep one of the two" in again


@pytest.mark.parametrize(("book", "words"), [("main", "is one event"), ("wife", "would be income of both books")])
def test_an_address_that_is_watched_twice_is_said(lotwork: Caller, book: str, words: str) -> None:
    lotwork.home.mkdir(exist_ok=True)
    table = f'[[sources.esplora]]\nname = "first"\nurl = "http://127.0.0.1:9/api"\nstart_height = 1\nbook = "{book}"\n'
    wallet = f'  [[sources.esplora.wallets]]\n  wallet = "cold"\n  watch = ["{ADDRESS}"]\n'
    (lotwork.home / config.FILE).write_text(table + wallet, encoding="utf-8")
    settings = config.load(lotwork.home, environ={}).settings
    (first,) = settings.sources.all()
    assert isinstance(first, EsploraSection)
    (note,) = watched_already(msgspec.structs.replace(first, name="second", book="main"), settings)
    assert note.startswith(f"{ADDRESS} is watched by first")
    assert words in note
    assert not list(watched_already(first, settings))
