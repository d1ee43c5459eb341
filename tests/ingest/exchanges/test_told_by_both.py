"""What an API and an export both told, and the exchange tells otherwise later, or no longer: never in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lotwork import cli
from lotwork.ingest.exchanges import told_by_both
from lotwork.ledger.events import Correction, Event, Purchase, Sale
from lotwork.ledger.history import History
from tests.ingest.exchanges.kit import (
    EXPORTS,
    BinanceUS,
    Coinbase,
    Kraken,
    World,
    bought_or_sold,
    fill,
    kraken_entries,
    leg,
    transaction,
    world,
)
from tests.ingest.exchanges.test_api_and_export import BINANCE, BINANCE_ROWS, COINBASE

TRADE = "kraken:TRADE1-CCCCC-DDDDDD"
AT_ONCE, HALF_A_DAY, MONTH = timedelta(), timedelta(hours=13), timedelta(days=31)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path))


def _command(*words: str, code: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*words])
    assert ended.value.code == code


def import_rows(home: Path, head: str, *rows: str, flags: tuple[str, ...] = (), code: int = 0) -> None:
    export = home / "export.csv"
    export.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    _command("import", str(export), *flags, code=code)


def _coinbase_row(name: str = "one", day: int = 12, total: str = "$87.99", fee: str = "$1.99") -> str:
    return (
        f"{name},2026-03-{day:02} 10:00:00 UTC,Buy,BTC,0.00100000,USD,$86000.00,$86.00,{total},{fee},Bought 0.001 BTC"
    )


def _bought(name: str = "u1", day: int = 12, total: str = "87.99", fee: str = "1.99") -> dict[str, Any]:
    sums = {"subtotal": "86.00", "total": total, "fee": fee}
    told = {key: {"amount": amount, "currency": "USD"} for key, amount in sums.items()}
    return transaction(name, "buy", f"2026-03-{day:02}T10:00:00Z", "0.001 BTC", "86.00", buy=told)


def _of_coinbase(*rows: dict[str, Any]) -> Coinbase:
    return Coinbase({"BTC": [*rows]}, [])


def _sold(number: int = 2) -> BinanceUS:
    answers = BinanceUS()
    trades = [bought_or_sold(2, "BTCUSD", "2026-03-06 11:00:00.012", "sell", "0.002", "170", "1.7", "USD")]
    answers.trades["BTCUSD"] = [row for row in trades if row["id"] == number]
    return answers


class House:
    """A house with one deal that both tell: how it is told, by which name in each, and its API without it."""

    def __init__(self, service: str) -> None:
        self.service = service
        entries = kraken_entries()
        less = {name: each for name, each in entries.items() if each["refid"] != TRADE.partition(":")[2]}
        told: dict[str, tuple[Any, Any, tuple[str, str]]] = {
            "coinbase": (_of_coinbase(_bought()), _of_coinbase(), ("coinbase:u1", "coinbase:one")),
            "kraken": (Kraken(entries), Kraken(less), (TRADE, TRADE)),
            "binanceus": (_sold(), _sold(0), ("binance-us:BTCUSD-2", "binance-us:tr1")),
        }
        self.api, self.without, self.names = told[service]

    def read_export(self, home: Path) -> None:
        if self.service == "kraken":
            _command("import", str(EXPORTS / "kraken-ledgers.csv"), "--set", "inflow=held")
        elif self.service == "coinbase":
            import_rows(home, COINBASE, _coinbase_row())
        else:
            import_rows(home, BINANCE, BINANCE_ROWS[2])

    def tells_both(self, home: Path, first: str) -> None:
        """Tell it by both ways, the *first* of them before the other."""
        steps: list[Callable[[], object]] = [
            lambda: self.looks(home, (self.api, AT_ONCE)),
            lambda: self.read_export(home),
        ]
        for step in steps if first == "api" else steps[::-1]:
            step()

    def looks(self, home: Path, *told: tuple[Any, timedelta]) -> list[str]:
        """Look at each answer, so long after the ledger began; return what was said at the last look."""
        with world(home, told[0][0], service=self.service, name=f"{self.service}-api") as here:
            for answer, since in told:
                here.answer = answer
                here.clock.move(since.total_seconds())
                here.look()
            return list(here.told)


def _gone(here: World) -> list[str]:
    return [one.subject for one in here.suspense() if ":gone:" in one.id]


def _holds_of(here: World) -> dict[str, Event]:
    told = History.read(here.store, "main").events()
    return {event.id: event for event in told if isinstance(event, Purchase | Sale)}


def _holds(home: Path) -> dict[str, Event]:
    with world(home, _of_coinbase()) as here:
        return _holds_of(here)


@pytest.mark.parametrize("first", ["api", "export"])
@pytest.mark.parametrize("service", ["coinbase", "kraken", "binanceus"])
def test_what_both_told_and_the_exchange_lists_no_more_is_asked_and_stands(
    tmp_path: Path, service: str, first: str
) -> None:
    house = House(service)
    house.tells_both(tmp_path, first)
    name = house.names[0] if first == "api" else house.names[1]
    assert name in _holds(tmp_path)
    with world(tmp_path, house.without, service=service, name=f"{service}-api") as here:
        for since in (MONTH, HALF_A_DAY):
            here.clock.move(since.total_seconds())
            here.look()
            assert not _gone(here), "twice is not yet gone"
        here.clock.move(HALF_A_DAY.total_seconds())
        here.look()
        (asked,) = [one for one in here.suspense() if ":gone:" in one.id]
        assert name in asked.subject
        assert f"add void target={name}" in asked.remedy
        assert any("no longer lists it" in words for words in here.told)
        assert here.findings()[asked.id] == "in_suspense"
        position = len(list(here.store.read("main")))
        for _ in range(2):  # it is told once, and nothing is read sooner for its sake
            here.clock.move(HALF_A_DAY.total_seconds())
            here.asked.clear()
            here.look()
            assert not here.told
        assert len(list(here.store.read("main"))) == position
        assert len(here.asked) < 15
    assert name in _holds(tmp_path), "it stands until a person looks"
    with world(tmp_path, house.api, service=service, name=f"{service}-api") as here:
        here.clock.move((2 * MONTH + 9 * HALF_A_DAY).total_seconds())
        here.look()
        assert not _gone(here), "it is listed again"
    assert [each for each in _holds(tmp_path) if each in house.names] == [name]


@pytest.mark.parametrize("first", ["api", "export"])
def test_a_person_who_takes_it_out_has_answered(tmp_path: Path, first: str) -> None:
    house = House("coinbase")
    house.tells_both(tmp_path, first)
    with world(tmp_path, house.without, service="coinbase", name="coinbase-api") as here:
        for since in (MONTH, HALF_A_DAY, HALF_A_DAY):
            here.clock.move(since.total_seconds())
            here.look()
        assert _gone(here)
        target = house.names[0] if first == "api" else house.names[1]
        here.answer_with({"kind": "void", "target": target, "reason": "taken back"})
        here.clock.move(MONTH.total_seconds())
        here.look()
        assert not _gone(here)
        here.look()
        assert not here.told


def test_what_was_void_before_the_import_is_shown_by_it_and_comes_back_where_that_is_said(tmp_path: Path) -> None:
    house = House("coinbase")
    house.looks(tmp_path, (house.api, AT_ONCE), (house.without, MONTH), *[(house.without, HALF_A_DAY)] * 2)
    assert not _holds(tmp_path)
    import_rows(tmp_path, COINBASE, _coinbase_row(), code=1)
    assert not _holds(tmp_path)
    import_rows(tmp_path, COINBASE, _coinbase_row(), flags=("--revise",))
    assert [*_holds(tmp_path)] == ["coinbase:u1"]
    house.looks(tmp_path, (house.without, MONTH + 3 * HALF_A_DAY), *[(house.without, HALF_A_DAY)] * 3)
    assert [*_holds(tmp_path)] == ["coinbase:u1"], "a person said so"


def test_many_that_are_gone_at_once_are_one_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_by_both, "MOST_ASKED_APART", 2)
    house = House("coinbase")
    import_rows(tmp_path, COINBASE, *[_coinbase_row(f"row{day}", day) for day in (10, 11, 12)])
    house.looks(tmp_path, (_of_coinbase(*[_bought(f"u{day}", day) for day in (10, 11, 12)]), AT_ONCE))
    with world(tmp_path, house.without, service="coinbase", name="coinbase-api") as here:
        for since in (MONTH, HALF_A_DAY, HALF_A_DAY, HALF_A_DAY):
            here.clock.move(since.total_seconds())
            here.look()
        assert _gone(here) == [
            "3 rows that an import of its export and the exchange's API told, coinbase:row10 the first"
        ]
        here.answer = _of_coinbase(*[_bought(f"u{day}", day) for day in (10, 11, 12)])
        here.clock.move(MONTH.total_seconds())
        here.look()
        assert not _gone(here)
    assert len(_holds(tmp_path)) == 3


def test_a_list_that_was_cut_takes_back_none_of_what_the_api_alone_told_beside_what_both_did(tmp_path: Path) -> None:
    days = range(5, 17)
    import_rows(tmp_path, COINBASE, *[_coinbase_row(f"row{day}", day) for day in days])
    rows = [_bought(f"u{day}", day) for day in days]
    alone = [{**_bought(f"v{day}", day), "created_at": f"2026-03-{day:02}T11:00:00Z"} for day in days]
    with world(tmp_path, _of_coinbase(*rows, *alone), service="coinbase", name="coinbase-api") as here:
        here.look()
        assert len(_holds_of(here)) == 24
        here.answer = _of_coinbase()
        for since in (MONTH, HALF_A_DAY, HALF_A_DAY):
            here.clock.move(since.total_seconds())
            here.look()
        assert len(_holds_of(here)) == 24
        assert len(_gone(here)) == 12
        assert [one.subject for one in here.suspense() if ":cut:" in one.id] == [
            "12 rows that were recorded and are no longer listed, coinbase:v10 the first"
        ]


REVISED: list[tuple[dict[str, Any], dict[str, int]]] = [
    ({"fee": "2.49", "total": "88.49"}, {"fee_usd_micros": 2_490_000}),
    ({"fee": "0", "total": "86.00"}, {"fee_usd_micros": 0}),
    ({"total": "87.99"}, {"fee_usd_micros": 1_990_000}),
]


@pytest.mark.parametrize(("sums", "is_now"), REVISED)
@pytest.mark.parametrize("first", ["api", "export"])
def test_a_row_that_the_exchange_tells_otherwise_later_is_a_revision(
    tmp_path: Path, first: str, sums: dict[str, Any], is_now: dict[str, int]
) -> None:
    house = House("coinbase")
    house.tells_both(tmp_path, first)
    told = house.looks(tmp_path, (_of_coinbase(_bought(**sums)), HALF_A_DAY))
    (event,) = _holds(tmp_path).values()
    assert {key: getattr(event, key) for key in is_now} == is_now
    if first == "export" and sums != {"total": "87.99"}:
        assert any("otherwise by now" in words for words in told)
    house.looks(tmp_path, (_of_coinbase(_bought(**sums)), 2 * HALF_A_DAY))
    import_rows(tmp_path, COINBASE, _coinbase_row())  # the export of before says what it said
    assert [replace(each, row=None) for each in _holds(tmp_path).values()] == [replace(event, row=None)]
    back = house.looks(tmp_path, (house.api, 3 * HALF_A_DAY))
    assert not any("before, otherwise" in words for words in back)
    assert [each.fee_usd_micros for each in _holds(tmp_path).values() if isinstance(each, Purchase)] == [1_990_000]


def test_what_a_person_corrected_is_not_revised_over_their_head(tmp_path: Path) -> None:
    house = House("coinbase")
    house.read_export(tmp_path)
    house.looks(tmp_path, (house.api, AT_ONCE))
    with world(tmp_path, house.api) as here:
        here.answer_with(
            {"kind": "correction", "target": "coinbase:one", "set": {"fee_usd": "2.00"}, "reason": "a receipt"}
        )
    revised = _of_coinbase(_bought(fee="2.49", total="88.49"))
    with world(tmp_path, revised, service="coinbase", name="coinbase-api") as here:
        here.look()
        (asked,) = here.suspense()
        assert "otherwise" in asked.reason
        here.look()
        assert not here.told[1:]
        here.answer_with(
            {"kind": "correction", "id": "w2", "target": "coinbase:one", "set": {"fee_usd": "2.49"}, "reason": "seen"}
        )
        here.look()
        assert not here.suspense()
    (event,) = _holds(tmp_path).values()
    assert isinstance(event, Purchase)
    assert event.fee_usd_micros == 2_490_000


def test_a_row_of_kraken_that_both_told_alike_is_revised_under_its_one_id(tmp_path: Path) -> None:
    house = House("kraken")
    house.read_export(tmp_path)
    house.looks(tmp_path, (house.api, AT_ONCE))
    entries = kraken_entries()
    entries["LTRD02-AAAAA-BBBBBB"] = {**entries["LTRD02-AAAAA-BBBBBB"], "fee": "5.42"}
    house.looks(tmp_path, (Kraken(entries), MONTH))
    event = _holds(tmp_path)[TRADE]
    assert isinstance(event, Sale)
    assert event.fee_usd_micros == 5_420_000
    with world(tmp_path, Kraken(entries)) as here:
        assert not here.suspense()
        assert [each.source for each in here.events() if isinstance(each, Correction)] == ["kraken-api"]


ORDER = (
    'order,2026-03-05 15:31:{second} UTC,Advanced Trade Sell,BTC,-0.03000000,USD,$86000.00,"$2,580.00",{net},{fee},'
    "Sold 0.03 BTC for 2569.68 USD on BTC-USD at 86000 USD/BTC"
)


def filled(*sizes: str, fee: str = "344.000003", second: str = "01") -> Coinbase:
    """Return what tells fills of one order: of each size, at 86000, each with its part of the fee."""
    fills, legs = [], []
    for number, size in enumerate(sizes):
        at = f"2026-03-05T15:31:{second}.{number:09}Z"
        each = f"{Decimal(size) * Decimal(fee):f}"
        fills.append(fill(f"t{number}", at, "SELL", "BTC-USD", "86000", size, each, order_id="order-1"))
        legs.append(leg(f"l{number}", f"2026-03-05T15:31:{second}Z", "order-1", "BTC-USD", f"-{size} BTC", "-860.00"))
    return Coinbase({"BTC": legs}, fills)


def order(second: str = "03", net: str = '"$2,569.68"', fee: str = "$10.32") -> str:
    return ORDER.format(second=second, net=net, fee=fee)


IN_TWO = ("0.01", "0.02")
IN_FORTY = ("0.00075",) * 40


@pytest.mark.parametrize("sizes", [IN_TWO, IN_FORTY], ids=len)
@pytest.mark.parametrize("first", ["api", "export"])
def test_an_order_in_one_row_and_its_fills_are_one_deal(tmp_path: Path, sizes: tuple[str, ...], first: str) -> None:
    house, answers = House("coinbase"), filled(*sizes)
    steps: list[Callable[[], object]] = [
        lambda: house.looks(tmp_path, (answers, AT_ONCE)),
        lambda: import_rows(tmp_path, COINBASE, order()),
    ]
    for step in (steps if first == "api" else steps[::-1]) * 2:
        step()
    told = _holds(tmp_path)
    assert len(told) == (len(sizes) if first == "api" else 1), "the events of the first telling"
    assert sum(each.quantity for each in told.values() if isinstance(each, Sale)) == 3_000_000
    with world(tmp_path, answers) as here:
        assert not {"likely_twins", "told_as_two", "told_in_parts"} & {*here.findings().values()}
    # the exchange lists them no more: it stands, and is asked about
    with world(tmp_path, _of_coinbase(), service="coinbase", name="coinbase-api") as here:
        for since in (MONTH, HALF_A_DAY, HALF_A_DAY):
            here.clock.move(since.total_seconds())
            here.look()
        assert _gone(here)
    assert len(_holds(tmp_path)) == len(told)


@pytest.mark.parametrize("first", ["api", "export"])
def test_one_fill_of_an_order_that_is_told_otherwise_later_is_asked(tmp_path: Path, first: str) -> None:
    house = House("coinbase")
    steps: list[Callable[[], object]] = [
        lambda: house.looks(tmp_path, (filled(*IN_TWO), AT_ONCE)),
        lambda: import_rows(tmp_path, COINBASE, order()),
    ]
    for step in steps if first == "api" else steps[::-1]:
        step()
    house.looks(tmp_path, (filled("0.01", "0.025"), MONTH))
    with world(tmp_path, _of_coinbase()) as here:
        told = {*here.findings().values()}
        sold = sum(each.quantity for each in History.read(here.store, "main").events() if isinstance(each, Sale))
    # the fills that the API told first are revised by event; the order that an import told is asked about
    assert (sold, "in_suspense" in told) == ((3_500_000, False) if first == "api" else (3_000_000, True))


@pytest.mark.parametrize(
    "row",
    [
        order(fee="$10.33", net='"$2,569.67"'),
        order(second="59").replace("15:31:59", "15:33:01"),
    ],
    ids=["a cent of fee", "two minutes"],
)
@pytest.mark.parametrize("first", ["api", "export"])
def test_an_order_that_its_fills_do_not_come_to_is_two_tellings(tmp_path: Path, row: str, first: str) -> None:
    house = House("coinbase")
    steps: list[Callable[[], object]] = [
        lambda: house.looks(tmp_path, (filled(*IN_TWO), AT_ONCE)),
        lambda: import_rows(tmp_path, COINBASE, row),
    ]
    for step in steps if first == "api" else steps[::-1]:
        step()
    assert len(_holds(tmp_path)) == 3
    with world(tmp_path, _of_coinbase()) as here:
        assert "told_in_parts" in here.findings().values()


@pytest.mark.parametrize("place", [0, 1, 2], ids=["export first", "between", "last"])
def test_the_same_trade_of_two_accounts_of_one_house_is_two_or_asked(tmp_path: Path, place: int) -> None:
    """The export is of the first account; the second sold as much, in the same second, under an id of its own."""

    def look(name: str, trade: str) -> None:
        with world(tmp_path, _of_coinbase(_bought(trade)), service="coinbase", name=name) as here:
            here.look()

    steps: list[Callable[[], object]] = [lambda: look("mine", "u1"), lambda: look("hers", "u9")]
    steps.insert(place, lambda: import_rows(tmp_path, COINBASE, _coinbase_row()))
    for step in steps:
        step()
    with world(tmp_path, _of_coinbase()) as here:
        assert len(_holds_of(here)) >= 2
        assert "likely_twins" in here.findings().values()


def test_two_accounts_with_wallets_of_their_own_are_two(tmp_path: Path) -> None:
    for name, trade in (("mine", "u1"), ("hers", "u9")):
        with world(tmp_path, _of_coinbase(_bought(trade)), service="coinbase", name=name, wallet=name) as here:
            here.look()
    import_rows(tmp_path, COINBASE, _coinbase_row(), flags=("--wallet", "mine"))
    assert {*_holds(tmp_path)} == {"coinbase:u1", "coinbase:u9"}


def test_two_accounts_in_books_of_their_own_have_a_row_each(tmp_path: Path) -> None:
    for book in ("main", "hers"):
        with world(tmp_path, _of_coinbase(_bought()), service="coinbase", name=f"{book}-api", book=book) as here:
            here.look()
            assert [event.id for _, event in here.store.read(book)] == ["coinbase:u1"]


def test_both_sides_of_one_trade_that_two_accounts_tell_under_its_number_are_asked(tmp_path: Path) -> None:
    def traded(side: str) -> BinanceUS:
        answers = BinanceUS()
        answers.trades["BTCUSD"] = [
            bought_or_sold(7, "BTCUSD", "2026-03-06 11:00:00", side, "0.002", "170", "1.7", "USD")
        ]
        return answers

    for name, side in (("mine", "sell"), ("hers", "buy")):
        with world(tmp_path, traded(side), service="binanceus", name=name, wallet=name) as here:
            here.look()
    with world(tmp_path, traded("buy")) as here:
        assert "in_suspense" in here.findings().values()
