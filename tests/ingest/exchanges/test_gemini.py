"""An account at Gemini: fills, transfers and staking, known by what its export knows them by."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork import cli
from lotwork.ingest.profiles import houses
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Movement, Purchase, Receipt, Sale, Void
from tests.ingest.exchanges.kit import EXPORTS, Gemini, gemini_of_the_export, milli, staked, trade, transfer, world

SENT = "000000000000000000000000000000000000000000000000000000000abc0052"


def test_fills_and_transfers_are_the_events_of_the_export(tmp_path: Path) -> None:
    with world(tmp_path, gemini_of_the_export(), service="gemini") as here:
        assert here.look() == 4
        told = {each.id: each for each in here.events()}
        sold, bought = told["gemini:7001"], told["gemini:7002"]
        assert isinstance(sold, Sale)
        assert (sold.quantity, sold.proceeds_usd_micros, sold.fee_usd_micros) == (2_000_000, 1_700_000_000, 6_800_000)
        assert isinstance(bought, Purchase)
        assert (bought.quantity, bought.cost_usd_micros, bought.fee_usd_micros) == (1_000_000, 860_000_000, 3_440_000)
        gone, came = told[f"gemini:BTC-{SENT}-0"], told[f"gemini:BTC-{SENT[:-1]}3-0"]
        assert isinstance(gone, Movement)
        assert (gone.quantity, gone.fee_quantity, gone.txid) == (500_000, 10_000, SENT)
        assert isinstance(came, Receipt)
        assert (came.doubt, came.quantity) == ("unexplained", 2_000_000)


@pytest.mark.parametrize("first", ["api", "export"])
def test_the_api_and_the_export_are_one(tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path))
    steps = {"api": _look, "export": _import}
    order = [steps[first], *(step for name, step in steps.items() if name != first)]
    assert [step(tmp_path) for step in order] == [4, 0]


def test_a_row_that_was_imported_before_its_transaction_named_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path))
    with monkeypatch.context() as former:
        former.setattr(houses, "_transfer_name", lambda _row, _symbol: "")
        assert _import(tmp_path) == 4
    assert _import(tmp_path) == 0


def test_a_fee_in_a_third_coin_is_a_movement_of_its_own(tmp_path: Path) -> None:
    gemini = Gemini(
        trades=[trade(1, "2026-03-03 11:00:00.123", "Buy", "BTCUSD", "86000", "0.01", "0.002", "LTC")],
        transfers=[
            transfer(
                2,
                "2026-03-05 11:00:00.000",
                "Withdrawal",
                "USDC",
                "50",
                feeAmount="0.0003",
                feeCurrency="ETH",
                txHash=SENT,
            )
        ],
    )
    with world(tmp_path, gemini, service="gemini") as here:
        here.look(set={"inflow": "held"})
        told = [(type(each), each.asset) for each in here.events() if isinstance(each, Purchase | Movement)]
        assert told == [(Purchase, "BTC"), (Movement, "LTC"), (Movement, "USDC"), (Movement, "ETH")]


def test_a_broken_trade_never_was_and_one_reversed_by_hand_is_named(tmp_path: Path) -> None:
    one = trade(1, "2026-03-03 11:00:00.123", "Sell", "BTCUSD", "86000", "0.01", "1", "USD")
    before = trade(9, "2026-03-02 11:00:00.123", "Sell", "BTCUSD", "86000", "0.01", "1", "USD")
    gemini = Gemini(trades=[before, one])
    with world(tmp_path, gemini, service="gemini") as here:
        assert here.look() == 2
        one["break"] = "full"
        here.clock.move(31 * 86_400)
        for new in (0, 0, 1):
            assert here.look() == new
            here.clock.move(43_200)
        assert [event.target for event in here.events() if isinstance(event, Void)] == ["gemini:1"]
        gemini.trades.append(one | {"tid": 2, "break": "manual", "timestampms": milli("2026-04-20 10:00:00")})
        with pytest.raises(SourceRefusedError, match=r"2: .*break manual"):
            here.look()


@pytest.mark.parametrize("symbol", ["BTCGUSDPERP", "GEMI-BTC2612310000-HI99", "ZZZQQQ"])
def test_what_is_no_pair_of_coins_is_refused_by_its_name(tmp_path: Path, symbol: str) -> None:
    rows = [
        trade(1, "2026-03-03 11:00:00.123", "Buy", symbol, "1", "1", "0", "USD"),
        trade(2, "2026-03-04 11:00:00.123", "Sell", "BTCUSD", "86000", "0.01", "1", "USD"),
    ]
    with world(tmp_path, Gemini(trades=rows), service="gemini") as here:
        with pytest.raises(SourceRefusedError, match=f"1: .*trade of {symbol}.*all others are recorded"):
            here.look()
        assert [type(event) for event in here.events()] == [Sale]


def test_an_advance_that_is_complete_is_one_transfer(tmp_path: Path) -> None:
    advance = transfer(5, "2026-03-05 11:00:00.000", "Deposit", "BTC", "0.5", status="Advanced", txHash=SENT)
    gemini = Gemini(transfers=[advance])
    with world(tmp_path, gemini, service="gemini") as here:
        assert here.look() == 1
        gemini.transfers = [advance | {"eid": 6, "advanceEid": 5, "status": "Complete"}]
        here.clock.move(3600)
        assert here.look() == 0


def test_a_transfer_that_is_pending_or_has_no_transaction_yet_waits(tmp_path: Path) -> None:
    pending = transfer(5, "2026-03-05 11:00:00.000", "Withdrawal", "BTC", "0.5", status="Pending")
    fresh = transfer(6, "2026-03-20 11:00:00.000", "Withdrawal", "BTC", "0.1")
    gemini = Gemini(transfers=[pending, fresh])
    with world(tmp_path, gemini, service="gemini") as here:
        assert here.look() == 0
        fresh["txHash"] = SENT
        pending["status"] = "Complete"
        here.clock.move(40 * 86_400)
        assert here.look() == 2
        assert {event.id for event in here.events()} == {f"gemini:BTC-{SENT}", "gemini:5"}


def test_what_a_list_dropped_for_its_age_stands(tmp_path: Path) -> None:
    sent = [
        transfer(number, f"2026-03-0{number} 11:00:00.000", "Withdrawal", "BTC", "0.1", txHash=SENT[:-1] + str(number))
        for number in (2, 4, 6, 8)
    ]
    gemini = Gemini(transfers=[*sent])
    with world(tmp_path, gemini, service="gemini") as here:
        assert here.look() == 4
        gemini.transfers = [sent[1], sent[3]]  # the first is too old for the list, the third was taken back
        here.clock.move(31 * 86_400)
        for new in (0, 0, 1, 0):
            assert here.look() == new
            here.clock.move(43_200)
        assert [event.target for event in here.events() if isinstance(event, Void)] == [f"gemini:BTC-{SENT[:-1]}6"]


def test_staking_is_income_and_what_moves_within_is_none(tmp_path: Path) -> None:
    gemini = Gemini(
        staking=[
            staked("a", "2026-03-05 11:00:00.000", "Interest", "ETH", "0.01"),
            staked("b", "2026-03-06 11:00:00.000", "Deposit", "ETH", "2"),
            staked("c", "2026-03-07 11:00:00.000", "Redeem", "ETH", "2"),
        ]
    )
    with world(tmp_path, gemini, service="gemini") as here:
        assert here.look() == 1
        (given,) = [event for event in here.events() if isinstance(event, Receipt)]
        assert (given.id, given.income, given.doubt) == ("gemini:staking-a", "staking", None)
        assert any("2 x coins moved within Gemini" in words for words in here.told)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_page_is_read_however_short(tmp_path: Path, size: int) -> None:
    rows = [
        trade(number, f"2026-03-03 11:00:{number:02}.000", "Sell", "BTCUSD", "86000", "0.01", "1", "USD")
        for number in range(7)
    ]
    staking = [staked(f"s{number}", f"2026-03-05 11:00:{number:02}.000", "Interest", "ETH", "1") for number in range(4)]
    with world(tmp_path, Gemini(trades=rows, staking=staking, size=size + 1), service="gemini") as here:
        assert here.look() == 11


def test_pages_without_an_end_are_refused(tmp_path: Path) -> None:
    rows = [trade(number, "2026-03-03 11:00:00.000", "Sell", "BTCUSD", "1", "1", "0", "USD") for number in range(600)]
    refused = pytest.raises(SourceRefusedError, match="its pages have no end")
    with world(tmp_path, Gemini(trades=rows), service="gemini") as here, refused:
        here.look()


@pytest.mark.parametrize(
    ("roles", "words"),
    [({"isFundManager": True}, "may send coins away .Fund Manager"), ({"isTrader": True}, "may do more than read")],
)
def test_a_key_that_may_withdraw_is_refused_and_one_that_may_trade_is_told(
    tmp_path: Path, roles: dict[str, bool], words: str
) -> None:
    gemini = gemini_of_the_export()
    gemini.roles |= roles
    with world(tmp_path, gemini, service="gemini") as here:
        if "isFundManager" in roles:
            with pytest.raises(SourceRefusedError, match=words):
                here.look()
        else:
            here.look()
            assert any(words in told for told in here.told)


def _look(home: Path) -> int:
    with world(home, gemini_of_the_export(), service="gemini") as here:
        new = here.look()
        assert not any("otherwise" in words for words in here.told)
        return new


def _import(home: Path) -> int:
    before = _recorded(home)
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", str(EXPORTS / "gemini.csv"), "--set", "inflow=held"])
    assert ended.value.code == 0
    return _recorded(home) - before


def _recorded(home: Path) -> int:
    with world(home, gemini_of_the_export(), service="gemini") as here:
        return len(here.events())
