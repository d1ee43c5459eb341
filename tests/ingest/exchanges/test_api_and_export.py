"""What an exchange's API and its export both tell, under ids of their own: one, in whichever order they are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork import cli
from lotwork.ledger.events import Event, Receipt, Sale, Void
from lotwork.ledger.history import History
from tests.ingest.exchanges.kit import BinanceUS, Coinbase, World, bought_or_sold, fill, leg, transaction, world

COINBASE = (
    "\nTransactions\nUser,Pat Example,00000000-0000-0000-0000-000000000000\n"
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,"
    "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
)
BOUGHT = "65e1c2c0a1,2026-03-01 12:00:00 UTC,Buy,BTC,0.50000000,USD,$86000.00,$43000.00,$43020.00,$20.00,Bought 0.5 BTC"
SOLD = (
    '65e5e9d8b2,2026-03-04 15:30:00 UTC,Sell,BTC,-0.02000000,USD,$85000.00,"$1,700.00","$1,680.00",$20.00,'
    "Sold 0.02 BTC for 1680.00 USD"
)
FILLED = (
    "65e73b8cc3,2026-03-05 15:31:00 UTC,Advanced Trade Sell,BTC,-0.01000000,USD,$86000.00,$860.00,$856.56,$3.44,"
    "Sold 0.01 BTC for 856.56 USD on BTC-USD at 86000 USD/BTC"
)
SWAPPED = (
    "65eae2a0d4,2026-03-08 10:00:00 UTC,Advanced Trade Sell,BTC,-0.01000000,USD,$86000.00,$860.00,$856.56,$3.44,"
    "Sold 0.01 BTC for 856.56 USDC on BTC-USDC at 86000 USDC/BTC"
)
STAKED = "65eed730e5,2026-03-11 10:00:00 UTC,Staking Income,BTC,0.00010000,USD,$86000.00,$8.60,$8.60,$0.00,"
SENT = "65e83c30f6,2026-03-06 09:00:00 UTC,Send,BTC,-0.00500000,USD,$86500.00,$432.50,$432.50,$0.00,Sent 0.005 BTC"
ROWS = (BOUGHT, SOLD, FILLED, SENT, SWAPPED, STAKED)


def _sums(**each: str) -> dict[str, Any]:
    return {key: {"amount": amount, "currency": "USD"} for key, amount in each.items()}


def coinbase() -> Coinbase:
    """Return what the rows above tell, as the API does: under other ids, to the nanosecond."""
    buy = _sums(subtotal="43000.00", total="43020.00", fee="20.00")
    sell = _sums(subtotal="1700.00", total="1680.00", fee="20.00")
    bitcoin = [
        transaction("4117f7d6-5b36", "buy", "2026-03-01T12:00:00Z", "0.5 BTC", "43000.00", buy=buy),
        transaction("4117f7d6-5b37", "sell", "2026-03-04T15:30:00Z", "-0.02 BTC", "-1700.00", sell=sell),
        leg("l3", "2026-03-05T15:31:00Z", "order-11", "BTC-USD", "-0.01 BTC", "-860.00"),
        transaction("4117f7d6-5b38", "send", "2026-03-06T09:00:00Z", "-0.005 BTC", "-432.50"),
        leg("l6", "2026-03-08T10:00:00Z", "order-12", "BTC-USDC", "-0.01 BTC", "-860.00"),
        transaction("4117f7d6-5b39", "staking_reward", "2026-03-11T10:00:00Z", "0.0001 BTC", "8.60"),
    ]
    fills = [
        fill("11", "2026-03-05T15:31:00.123456789Z", "SELL", "BTC-USD", "86000.0004", "0.01", "3.440001"),
        fill("12", "2026-03-08T10:00:00Z", "SELL", "BTC-USDC", "86000", "0.01", "3.44"),
    ]
    return Coinbase({"BTC": bitcoin}, fills)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path))


def _look(home: Path, answers: Any = None, **settings: Any) -> list[str]:
    with world(home, answers or coinbase(), **{"service": "coinbase", "name": "coinbase-api", **settings}) as here:
        here.look()
        return list(here.told)


def _import(home: Path, *rows: str, head: str = COINBASE, flags: tuple[str, ...] = (), code: int = 0) -> None:
    export = home / "export.csv"
    export.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", str(export), *flags])
    assert ended.value.code == code


def _events(home: Path) -> int:
    with world(home, coinbase()) as here:
        return len(here.events())


def _said(here: World) -> list[Event]:
    """Return the events as they hold, whichever row of a file tells them too."""
    return [msgspec.structs.replace(each, row=None) for each in History.read(here.store, "main").events()]


def _asked(home: Path) -> set[str]:
    with world(home, coinbase()) as here:
        return {code for code in here.findings().values() if code in ("likely_twins", "told_as_two")}


def _liability(capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    with pytest.raises(SystemExit):
        cli.main(["liability", "--year", "2026", "--json"])
    return json.loads(capsys.readouterr().out)


API: Callable[[Path], object] = _look


def _whole(home: Path) -> None:
    _import(home, *ROWS)


def _until_noon(home: Path) -> None:
    _import(home, *ROWS[:3])


@pytest.mark.parametrize(
    "steps",
    [(API, _whole), (_whole, API), (API, API, _whole, _whole), (_whole, _whole, API, API), (_until_noon, API, _whole),
     (API, _until_noon), (_until_noon, API)],
)  # fmt: skip
def test_the_api_and_the_export_are_one(
    tmp_path: Path, steps: tuple[Callable[[Path], object], ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for step in steps:
        step(tmp_path)
    assert _events(tmp_path) == len(ROWS) + 1  # the swap has two legs
    assert not _asked(tmp_path)
    # 0.5 BTC for 43020: -40.80 of the sale, -3.84 of the fill, and as much of the swap
    assert _liability(capsys)["carried_forward"]["short_term_usd"] == "48.48"


def _one(at: str, amount: str, **sums: str) -> Coinbase:
    buy = _sums(**({"subtotal": "86.00", "total": "87.99", "fee": "1.99"} | sums))
    return Coinbase({"BTC": [transaction(f"u{n}", "buy", at, amount, "86.00", buy=buy) for n in (1,)]}, [])


def _row(name: str, subtotal: str = "$86.00", total: str = "$87.99", fee: str = "$1.99") -> str:
    return f"{name},2026-03-12 10:00:00 UTC,Buy,BTC,0.00100000,USD,$86000.00,{subtotal},{total},{fee},Bought 0.001 BTC"


@pytest.mark.parametrize("first", ["api", "export"])
@pytest.mark.parametrize(
    ("sums", "rows"),
    [
        pytest.param({}, [_row("one"), _row("two")], id="two rows and one answer"),
        pytest.param({"subtotal": "86.01", "total": "88.00"}, [_row("one")], id="a cent more"),
        pytest.param({"fee": "1.98", "subtotal": "86.01"}, [_row("one")], id="another fee"),
        pytest.param({"fee": "0", "total": "86.00"}, [_row("one")], id="no fee"),
    ],
)
def test_what_is_doubtful_is_asked(tmp_path: Path, sums: dict[str, str], rows: list[str], first: str) -> None:
    answers = _one("2026-03-12T10:00:00Z", "0.001 BTC", **sums)
    steps: list[Callable[[], object]] = [lambda: _look(tmp_path, answers), lambda: _import(tmp_path, *rows)]
    for step in steps if first == "api" else steps[::-1]:
        step()
    assert _events(tmp_path) == 1 + len(rows)
    assert "likely_twins" in _asked(tmp_path)


@pytest.mark.parametrize("first", ["api", "export"])
def test_two_that_both_tell_alike_are_two(tmp_path: Path, first: str) -> None:
    bought = transaction(
        "u1", "buy", "2026-03-12T10:00:00Z", "0.001 BTC", "86.00",
        buy=_sums(subtotal="86.0049", total="87.9949", fee="1.99"),
    )  # fmt: skip
    answers = Coinbase({"BTC": [bought, {**bought, "id": "u2"}]}, [])
    steps: list[Callable[[], object]] = [
        lambda: _look(tmp_path, answers),
        lambda: _import(tmp_path, _row("one"), _row("two")),
    ]
    for step in steps if first == "api" else steps[::-1]:
        step()
    assert _events(tmp_path) == 2
    assert not _asked(tmp_path)


def test_a_row_that_the_exchange_changes_afterwards_is_a_revision(tmp_path: Path) -> None:
    _import(tmp_path, _row("one"))
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC"))
    assert (_events(tmp_path), _asked(tmp_path)) == (1, set())
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC", fee="2.49", total="88.49"))
    assert (_events(tmp_path), _asked(tmp_path)) == (2, set())
    with world(tmp_path, coinbase()) as here:
        (bought,) = History.read(here.store, "main").of_kind("purchase")
        assert (bought.id, getattr(bought, "fee_usd_micros", None)) == ("coinbase:one", 2_490_000)


def test_a_row_that_the_exchange_changed_before_the_import_is_known_as_it_is_now(tmp_path: Path) -> None:
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC", fee="2.49", total="88.49"))
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC"))
    assert _events(tmp_path) == 2  # and its correction
    _import(tmp_path, _row("one"))
    assert (_events(tmp_path), _asked(tmp_path)) == (2, set())


def test_a_wallet_of_another_name_is_another_account(tmp_path: Path) -> None:
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC"), wallet="second")
    _import(tmp_path, _row("one"))
    assert _events(tmp_path) == 2
    assert _asked(tmp_path)


def test_what_a_person_took_out_of_the_export_does_not_come_back_by_the_api(tmp_path: Path) -> None:
    _import(tmp_path, _row("one"))
    with world(tmp_path, coinbase()) as here:
        here.answer_with({"kind": "void", "target": "coinbase:one", "reason": "never was"})
    _look(tmp_path, _one("2026-03-12T10:00:00Z", "0.001 BTC"))
    with world(tmp_path, coinbase()) as here:
        assert [type(event) for event in here.events()][1:] == [Void]


CORRECTED = [{"cost_usd": "90.00"}, {"at": "2026-03-12T11:00:00Z"}, {"fee_usd": "0"}, {"quantity": "0.0011"}]


@pytest.mark.parametrize("first", ["api", "export", "both"])
@pytest.mark.parametrize("said", CORRECTED, ids=lambda said: next(iter(said)))
def test_what_a_person_corrected_is_known_again_and_stays_so(tmp_path: Path, said: dict[str, str], first: str) -> None:
    answers, export = _one("2026-03-12T10:00:00Z", "0.001 BTC"), _row("one")
    if first != "export":
        _look(tmp_path, answers)
    if first != "api":
        _import(tmp_path, export)
    target = "coinbase:one" if first == "export" else "coinbase:u1"
    with world(tmp_path, coinbase()) as here:
        here.answer_with({"kind": "correction", "target": target, "set": said, "reason": "a receipt says so"})
        before = _said(here)
    _import(tmp_path, export)
    _look(tmp_path, answers)
    assert not _asked(tmp_path)
    with world(tmp_path, coinbase()) as here:
        assert _said(here) == before


BINANCE = (
    "User ID,Time,Category,Operation,Order ID,Transaction ID,Primary Asset,Realized Amount For Primary Asset,"
    "Realized Amount for Primary Asset in USD,Base Asset,Realized Amount For Base Asset,"
    "Realized Amount For Base Asset In USD,Quote Asset,Realized Amount for Quote Asset,"
    "Realized Amount for Quote Asset in USD,Fee Asset,Realized Amount for Fee Asset,"
    "Realized Amount for Fee Asset in USD,Payment Method,Withdraw Method,Additional Note\n"
)
BINANCE_ROWS = (
    "1,2026-03-04 11:00:00,Spot Trading,Buy,ord2,tr2,,,,BTC,0.01,860,USD,860,860,BNB,0.001,0.6,Wallet,,",
    "1,2026-03-05 11:00:00,Distribution,Staking Rewards,,tr3,ETH,0.0001,0.2,,,,,,,,,,Wallet,,",
    "1,2026-03-06 11:00:00,Spot Trading,Sell,ord1,tr1,,,,BTC,0.002,170,USD,170,170,USD,1.7,1.7,Wallet,,",
)


@pytest.mark.parametrize("first", ["api", "export"])
def test_what_the_export_says_more_of_a_fee_in_a_third_coin_is_a_revision(tmp_path: Path, first: str) -> None:
    at = 1772708400000
    staked = {"asset": "ETH", "amount": "0.0001", "divTime": at, "category": "Staking Rewards", "tranId": 11}
    answers = BinanceUS(distributions=[staked])
    answers.trades["BTCUSD"] = [
        bought_or_sold(1, "BTCUSD", "2026-03-04 11:00:00.789", "buy", "0.01", "860", "0.001", "BNB"),
        bought_or_sold(2, "BTCUSD", "2026-03-06 11:00:00.012", "sell", "0.002", "170", "1.7", "USD"),
    ]
    with world(tmp_path, answers) as here:
        here.answer_with({"kind": "asset", "at": "2026-01-01T00:00:00Z", "asset": "BNB", "decimals": 18})
    if first == "api":
        _look(tmp_path, answers, service="binanceus")
        _import(tmp_path, *BINANCE_ROWS, head=BINANCE, code=1)  # it shows what it says more
        _import(tmp_path, *BINANCE_ROWS, head=BINANCE, flags=("--revise",))
    else:
        _import(tmp_path, *BINANCE_ROWS, head=BINANCE)
    _look(tmp_path, answers, service="binanceus")
    assert not _asked(tmp_path)
    with world(tmp_path, answers) as here:
        history = History.read(here.store, "main")
        told = [event for event in history.events() if event.id.startswith("binance-us:")]
        spent = {event.asset: event.proceeds_usd_micros for event in told if isinstance(event, Sale)}
        assert spent == {"BNB": 600_000, "BTC": 170_000_000}
        assert [event.value_usd_micros for event in told if isinstance(event, Receipt)] == [200_000]
        assert len(told) == 4
