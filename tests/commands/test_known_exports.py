"""`lotwork import FILE` knows the file: twice is once, what is doubtful is asked, nothing is left out in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.ingest.profiles.exports import ALL, CHOSEN, FOLDER, SAID, expected, table, written

USAGE = 2


def said(name: str) -> list[str]:
    chosen = ["--map", CHOSEN[name]] if name in CHOSEN else []
    return [*chosen, *(word for key, value in SAID.get(name, {}).items() for word in ("--set", f"{key}={value}"))]


def recorded(lotwork: Caller) -> list[dict[str, object]]:
    return [json.loads(line) for line in lotwork("export").out.splitlines()]


def test_every_export_is_imported_once_however_often_it_is_told(lotwork: Caller) -> None:
    bnb = {"kind": "asset", "id": "bnb", "at": "2020-01-01T00:00:00Z", "asset": "BNB", "decimals": 8}
    (lotwork.home.parent / "bnb.jsonl").write_text(json.dumps(bnb), encoding="utf-8")
    lotwork("import", lotwork.home.parent / "bnb.jsonl")
    told = 1
    for name in ALL:
        count, asked = len(expected(name).events), bool(expected(name).asked)
        known = name == "kraken-trades.csv"  # the ledgers told it, by the same id
        first = lotwork("import", FOLDER / name, *said(name), "--json", code=None)
        assert "appended" in first.result, first
        assert first.result["appended"] == (0 if known else count), name
        assert first.code == int(asked or first.result["files"][0]["left_out"] == first.result["files"][0]["rows"])
        told += first.result["appended"]
        again = lotwork("import", FOLDER / name, *said(name), "--json", code=None)
        assert (again.result["appended"], again.result["known"]) == (0, count), name
    assert len(recorded(lotwork)) == told


def test_a_longer_export_adds_only_what_is_new(lotwork: Caller, tmp_path: Path) -> None:
    for name in ("river.csv", "nicehash.csv", "coinbase.csv", "kraken-ledgers.csv"):
        above, body = table(name)
        (tmp_path / name).write_text(written(above, body[:5]), encoding="utf-8")
        first = lotwork("import", tmp_path / name, "--json", code=None).result["appended"]
        whole = lotwork("import", FOLDER / name, "--json", code=None).result
        assert whole["known"] == first
        assert first + whole["appended"] == len(expected(name).events)


def test_a_payout_that_is_cut_off_from_its_fee_is_refused(lotwork: Caller, tmp_path: Path) -> None:
    above, body = table("nicehash.csv")
    (tmp_path / "cut.csv").write_text(written(above, body[:4]), encoding="utf-8")
    assert "cut.csv:4: Purpose: a fee and what it is the fee of" in lotwork("import", tmp_path / "cut.csv", code=3).err


@pytest.mark.parametrize(("told", "meant"), [("inflo=held", "inflow"), ("Zone=UTC", "zone"), ("from=rig", None)])
def test_a_setting_that_is_none_is_told_with_the_one_that_was_meant(
    lotwork: Caller, told: str, meant: str | None
) -> None:
    (lotwork.home.parent / "river.csv").write_text(
        "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Tag\n"
        "2026-01-05 12:00:00,148.50,USD,0.00180000,BTC,1.50,USD,Buy\n"
    )
    words = lotwork("import", lotwork.home.parent / "river.csv", "--set", told, code=2).err
    assert f"--set {told}: {f'did you mean {meant}=…? ' if meant else ''}say KEY=VALUE, with a KEY of zone, " in words


def test_two_rows_that_say_the_same_are_two_events(lotwork: Caller, tmp_path: Path) -> None:
    above, body = table("river.csv")
    (tmp_path / "river.csv").write_text(written(above, [*body, body[1]]), encoding="utf-8")
    told = lotwork("import", tmp_path / "river.csv", "--json", code=1).result
    assert told["appended"] == len(expected("river.csv").events) + 1
    assert told["files"][0]["alike"] == 1
    again = lotwork("import", tmp_path / "river.csv", "--json", code=1).result
    assert (again["appended"], again["known"]) == (0, told["appended"])


def test_exports_put_together_tell_their_rows_once(lotwork: Caller, tmp_path: Path) -> None:
    text = (FOLDER / "river.csv").read_text(encoding="utf-8")
    (tmp_path / "river.csv").write_text(text + text, encoding="utf-8")
    told = lotwork("import", tmp_path / "river.csv", "--json", code=1).result
    assert told["appended"] == len(expected("river.csv").events)
    assert told["files"][0]["reasons"]["the row stands above, under an earlier header"] == told["appended"]


def test_two_that_fit_are_a_question(lotwork: Caller) -> None:
    told = lotwork("import", FOLDER / "swan-trades.csv", code=USAGE).err
    assert "--map cointracker (CoinTracker: import template) or --map swan-trades (Swan: trades)" in told
    assert lotwork("import", FOLDER / "swan-trades.csv", "--map", "swan-trades", "--json").result["appended"] == 1


def test_what_nobody_knows_is_a_question(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("When,What\n2026-03-01,1\n", encoding="utf-8")
    assert "--explore` shows them" in lotwork("import", tmp_path / "odd.csv", code=USAGE).err


def test_coins_that_came_in_are_asked_about_by_their_lines(lotwork: Caller) -> None:
    told = lotwork("import", FOLDER / "coinbase.csv", code=1).out
    assert 'your word is needed: Transaction Type is "Receive": coins that came in are no income by themselves' in told
    assert "line 5: import it again with --set inflow=pool_payout" in told


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["inflow=pool_payout", "pool=braiins"], {"kind": "receipt", "income": "pool_payout", "pool": "braiins"}),
        (["inflow=transfer", "from_wallet=cold"], {"kind": "transfer", "from_wallet": "cold", "to_wallet": "coinbase"}),
    ],
)
def test_a_word_says_what_came_in(lotwork: Caller, words: list[str], made: dict[str, str]) -> None:
    lotwork("import", FOLDER / "coinbase.csv", code=1)
    lotwork("import", FOLDER / "coinbase.csv", *(part for word in words for part in ("--set", word)))
    (event,) = [event for event in recorded(lotwork) if event["id"] == "coinbase:cb0001"]
    assert {key: event[key] for key in made} == made
    assert event["quantity"] == "0.05000000"


def test_what_a_deposit_cost_elsewhere_is_its_basis(lotwork: Caller) -> None:
    lotwork("import", FOLDER / "swan-transfers.csv", "--set", "inflow=opening")
    (event,) = [event for event in recorded(lotwork) if event["id"] == "swan:sw-x1"]
    assert (event["kind"], event["at"], event["cost_usd"]) == ("purchase", "2024-01-15T12:00:00Z", "3000.000000")


def test_the_files_own_price_is_taken_only_where_it_is_said(lotwork: Caller) -> None:
    lotwork("import", FOLDER / "nicehash.csv", code=1)
    assert not any("price_usd" in event for event in recorded(lotwork))
    told = lotwork("import", FOLDER / "nicehash.csv", "--set", "prices=file", "--revise", code=1).out
    assert "3 known rows revised" in told


@pytest.mark.parametrize(
    "pair",
    [
        "inflow=income",
        "inflow=transfer",
        "colour=blue",
        "zone",
        "prices=mine",
        "only=power",
        "wallet=x",
        "zone=",
        "zone=Mars",
    ],
)
def test_a_setting_that_nobody_knows_is_refused(lotwork: Caller, pair: str) -> None:
    assert "--set" in lotwork("import", FOLDER / "coinbase.csv", "--set", pair, code=USAGE).err


def test_a_trade_whose_worth_no_row_tells_waits_for_a_person(lotwork: Caller) -> None:
    lotwork("import", FOLDER / "kraken-ledgers.csv", code=1)
    told = lotwork("gains", "--year", "2026", code=None).err
    assert "movement" in told
    assert "kraken:TRADE2-CCCCC-DDDDDD" in told
    assert "inflow_doubtful" in lotwork("income", "--year", "2026", code=1).err


def test_a_map_takes_settings_as_constants(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'kind = "expense"\ncolumns = { at = "Date", amount_usd = "Amount" }\nconstants = { category = "rent" }\n',
        encoding="utf-8",
    )
    (tmp_path / "b.csv").write_text("Date,Amount\n2026-03-01,10\n", encoding="utf-8")
    lotwork("import", tmp_path / "b.csv", "--map", tmp_path / "m.toml", "--set", "category=electricity")
    assert recorded(lotwork)[0]["category"] == "electricity"


def in_utc(text: str) -> str:
    """Return a written map whose times are said to be by the clock of UTC."""
    return text.replace('time_zone = "CHANGE-ME"', 'time_zone = "UTC"')


@pytest.mark.parametrize(
    ("at", "asks"),
    [("2026-03-01 14:05", True), ("03/31/2026 02:05:00 PM", True), ("2026-03-01T14:05:00Z", False),
     ("2026-03-01T14:05:00-05:00", False), ("2026-03-01 14:05:00+00", False), ("2026-03-31", False)],
)  # fmt: skip
def test_a_zone_is_asked_for_where_a_clock_is_shown_and_none_is_named(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, asks: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool.csv").write_text(f"Date,Payout,Coin\n{at},0.01,BTC\n", encoding="utf-8")
    lotwork("import", "pool.csv", "--explore")
    text = (tmp_path / "pool.csv.map.toml").read_text(encoding="utf-8")
    assert ("time_zone" in text) == asks


def test_exploring_writes_a_map_that_imports(lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    export = tmp_path / "pool.csv"
    payout = f"31.01.2026 12:00;0,0125;{'0' * 61}abc"
    export.write_text(f"Account,x\n\nPaid on;Payout;TX Hash\n{payout}\n", encoding="utf-8")
    told = lotwork("import", export, "--explore").out
    assert "Paid on: 31.01.2026 12:00  -> at?" in told
    text = (tmp_path / "pool.csv.map.toml").read_text(encoding="utf-8")
    assert 'wallet = "CHANGE-ME"' in text
    unedited = lotwork("import", export, "--map", tmp_path / "pool.csv.map.toml", code=3).err
    assert "pool.csv.map.toml: wallet: CHANGE-ME stands for what only you know" in unedited
    zone = lotwork("import", export, "--map", tmp_path / "pool.csv.map.toml", "--set", "wallet=cold", code=3).err
    assert "pool.csv.map.toml: time_zone: 'CHANGE-ME' is not a time zone: write an IANA name" in zone
    (tmp_path / "pool.csv.map.toml").write_text(in_utc(text), encoding="utf-8")
    lotwork("import", export, "--map", tmp_path / "pool.csv.map.toml", "--set", "wallet=cold")
    (event,) = recorded(lotwork)
    assert (event["at"], event["quantity"], event["wallet"]) == ("2026-01-31T12:00:00Z", "0.01250000", "cold")
    assert "is there already" in lotwork("import", export, "--explore", code=None).err


@pytest.mark.parametrize(
    ("amount", "price", "coin"),
    [("Amount BTC", "USD price", "BTC"), ("LTC", "Price (USD)", "LTC"), ("Bitcoin received", "Price in $", "BTC"),
     ("DOGE_Amount", "Price USD", "DOGE")],
)  # fmt: skip
def test_a_heading_that_names_a_coin_is_of_coins_and_not_of_bills(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amount: str, price: str, coin: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool.csv").write_text(f"Date,{price},{amount}\n2026-03-01,100.50,0.125\n", encoding="utf-8")
    lotwork("import", "pool.csv", "--explore")
    lotwork("import", "pool.csv", "--map", tmp_path / "pool.csv.map.toml", "--set", "wallet=cold")
    (event,) = recorded(lotwork)
    told = (event["kind"], event["asset"], event["quantity"], event["price_usd"])
    assert told == ("receipt", coin, "0.12500000", "100.5")


@pytest.mark.parametrize("left", ["CHANGE-ME", "change me", "Change_Me", "CATEGORY", "LINE"])
@pytest.mark.parametrize("tried", [("--dry-run",), ()])
def test_a_written_map_is_refused_until_it_is_edited(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str, tried: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bills.csv").write_text("Date,Amount\n2026-03-01,-10\n2026-04-01,-11\n", encoding="utf-8")
    assert "Amount: -10 | -11  -> amount_usd?" in lotwork("import", "bills.csv", "--explore").out
    written_map = tmp_path / "bills.csv.map.toml"
    text = written_map.read_text(encoding="utf-8")
    assert 'amount_usd = "Amount"' in text
    written_map.write_text(text.replace("CHANGE-ME", left), encoding="utf-8")
    told = lotwork("import", "bills.csv", "--map", written_map, *tried, code=3).err
    assert told.splitlines()[1:] == [
        f"bills.csv.map.toml: category: {left} stands for what only you know: say it in its place"
    ]
    assert lotwork("head", "--json").result["position"] == 0
    lotwork("import", "bills.csv", "--map", written_map, *tried, "--set", "category=electricity")


@pytest.mark.parametrize("column", ["Currency", "Account Currency", "CURRENCY", "Asset"])
@pytest.mark.parametrize("money", ["USD", "usd", "EUR", "$"])
def test_a_column_of_currencies_is_no_coin(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str, money: str
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = f"Date,Amount,{column}\n2026-03-01,-10,{money}\n2026-04-01,-11,{money}\n"
    (tmp_path / "bank.csv").write_text(rows, encoding="utf-8")
    assert "Amount: -10 | -11  -> amount_usd?" in lotwork("import", "bank.csv", "--explore").out
    text = (tmp_path / "bank.csv.map.toml").read_text(encoding="utf-8")
    assert 'kind = "expense"' in text
    edited = text.replace("CHANGE-ME", "rent")
    (tmp_path / "bank.csv.map.toml").write_text(edited, encoding="utf-8")
    told = lotwork("import", "bank.csv", "--map", tmp_path / "bank.csv.map.toml", code=None)
    assert told.code == (3 if money == "EUR" and column != "Asset" else 0)


@pytest.mark.parametrize("coins", [("BTC", "LTC"), ("BTC", "USD")])
def test_a_column_of_coins_still_is_one(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coins: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "Date,Amount,Currency\n2026-03-01,10,{}\n2026-04-01,11,{}\n".format(*coins)
    (tmp_path / "pool.csv").write_text(rows, encoding="utf-8")
    assert "-> asset?" in lotwork("import", "pool.csv", "--explore").out


def test_exploring_says_what_is_known(lotwork: Caller) -> None:
    told = lotwork("import", FOLDER / "river.csv", "--explore", "--json").result["files"][0]
    assert told["known"] == ["river"]
    assert told["map"] is None


def test_maps_and_profiles_are_listed_and_shown(lotwork: Caller) -> None:
    rows = lotwork("map", "list", "--json").result["rows"]
    assert {"coinbase", "generic-receipts"} <= {row["name"] for row in rows}
    assert lotwork("map", "show", "coinbase").out.startswith('title = "Coinbase: transactions"')
    assert lotwork("map", "show", "ocean-payouts", "--json").result["kind"] == "map"
    assert "map list" in lotwork("map", "show", "nobody", code=USAGE).err


@pytest.mark.parametrize("together", [True, False])
def test_what_two_banks_tell_alike_is_an_event_of_each(lotwork: Caller, together: bool) -> None:
    files = [FOLDER / name for name in ("capital-one.csv", "chase-card.csv", "chase-checking.csv")]
    for _ in range(2):
        for some in [files] if together else [[file] for file in files]:
            lotwork("import", *some, *said("capital-one.csv"))
    told = recorded(lotwork)
    assert [event["source"] for event in told] == ["capital-one", "chase-card", "chase-checking"]
    assert len({event["id"] for event in told}) == len(files)


def test_what_waits_for_a_word_is_a_finding_of_the_import(lotwork: Caller) -> None:
    told = lotwork("import", FOLDER / "river.csv", "--json", code=1).result["findings"]
    assert [finding["code"] for finding in told] == ["rows_need_a_word"]
    assert "river.csv: your word is needed: Tag is empty" in told[0]["message"]


def test_coins_that_came_in_are_kept_as_questions_until_they_are_answered(lotwork: Caller, tmp_path: Path) -> None:
    export = tmp_path / "river.csv"
    export.write_text((FOLDER / "river.csv").read_text(encoding="utf-8").replace("2026-", "2025-"), encoding="utf-8")
    lotwork("import", export, "--set", "inflow=held")
    told = lotwork("income", "--year", "2025", "--json", code=1).result
    (finding,) = [each for each in told["findings"] if each["code"] == "inflow_doubtful"]
    assert "the file that tells it does not say what it was" in finding["message"]
    assert finding["event"] not in {row["receipt"] for row in told["rows"]}
    assert "inflow_doubtful" in lotwork("file", "--year", "2025", "--dry-run", code=None).err
    target, reason = f"target={finding['event']}", "reason=a pool paid it"
    lotwork("add", "correction", target, 'set={"doubt": "none", "income": "pool_payout"}', reason)
    told = lotwork("income", "--year", "2025", "--json", code=None).result
    assert "inflow_doubtful" not in {each["code"] for each in told["findings"]}
    assert finding["event"] in told["pending"]
    again = lotwork("import", export, "--set", "inflow=held", "--json", code=None).result
    assert again["appended"] == 0


def test_events_are_known_by_their_face_too(lotwork: Caller, tmp_path: Path) -> None:
    price = {"kind": "price", "at": "2026-01-01T00:00:00Z", "asset": "BTC", "price_usd": "90000"}
    (tmp_path / "events.csv").write_text(json.dumps(price) + "\n", encoding="utf-8")
    lotwork("import", tmp_path / "events.csv")
    assert [event["kind"] for event in recorded(lotwork)] == ["price"]


def test_exploring_a_statement_says_that_it_needs_no_map(lotwork: Caller) -> None:
    for name in ("bank.ofx", "green-button.xml"):
        assert "imported as they are" in lotwork("import", FOLDER / name, "--explore", code=3).err


def test_exploring_guesses_at_words_of_other_tongues(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bank = tmp_path / "bank.csv"
    bank.write_text("Buchungstag;Betrag;Zweck\n01.02.2026;-12,50;Strom\n", encoding="utf-8")
    lotwork("import", bank, "--explore")
    written_map = tmp_path / "bank.csv.map.toml"
    lotwork("import", bank, "--map", written_map, "--set", "category=electricity")
    (event,) = recorded(lotwork)
    assert (event["amount_usd"], event["at"], event["note"]) == ("12.500000", "2026-02-01T12:00:00Z", "Strom")


@pytest.mark.parametrize("hour", ["", " 14:05", " 02:05:00 PM"])
@pytest.mark.parametrize(
    ("days", "order"),
    [
        (("03/04/2026", "05/06/2026"), None),
        (("3-4-2026", "1-12-2026"), None),
        (("03/04/26", "12/12/26"), None),
        (("03/04/2026", "25/03/2026"), "%d/%m/%Y"),
        (("03/25/2026", "03/04/2026"), "%m/%d/%Y"),
        (("03-04-2026", "13-04-2026"), "%d-%m-%Y"),
        (("05/05/2026", "06/06/2026"), "%m/%d/%Y"),
    ],
)
def test_the_order_of_day_and_month_is_asked_where_both_fit(
    lotwork: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: tuple[str, str],
    order: str | None,
    hour: str,
) -> None:
    """A wrong order puts a payout into another month, or another year, at another price."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{day}{hour},0.0{number},BTC\n" for number, day in enumerate(days, 1))
    (tmp_path / "pool.csv").write_text(f"Date,Payout,Coin\n{rows}", encoding="utf-8")
    lotwork("import", "pool.csv", "--explore")
    written_map = tmp_path / "pool.csv.map.toml"
    text = written_map.read_text(encoding="utf-8")
    words = ("import", "pool.csv", "--map", written_map, "--set", "wallet=cold")
    if order is None:
        assert 'date_format = "CHANGE-ME"' in text
        assert "pool.csv.map.toml: date_format: it is no format" in lotwork(*words, code=3).err
        assert lotwork("head", "--json").result["position"] == 0
    else:
        assert f'date_format = "{order}' in text
        assert ('time_zone = "CHANGE-ME"' in text) == bool(hour), "a day needs no zone, and a clock does"
        written_map.write_text(in_utc(text), encoding="utf-8")
        lotwork(*words)
        assert len(recorded(lotwork)) == len(days)
