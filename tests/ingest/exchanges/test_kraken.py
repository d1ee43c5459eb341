"""An account at Kraken: its ledger, entry by entry, is what its export tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Movement, Receipt, Void
from tests.ingest.exchanges.kit import SECRETS, Kraken, epoch, expected, world

TXID = "ab" * 32


def test_the_ledger_becomes_the_events_of_its_export(tmp_path: Path) -> None:
    with world(tmp_path, Kraken(size=4)) as here:
        assert here.look() == len(expected("kraken-ledgers.csv")) + 1
        told = here.public()
        held = [each for each in told if each.get("doubt") == "unexplained"]
        assert [each["id"] for each in held] == ["kraken:LDEP01-AAAAA-BBBBBB"]
        key = lambda each: each["id"]  # noqa: E731 - an order
        assert sorted((each for each in told if each not in held), key=key) == sorted(
            expected("kraken-ledgers.csv"), key=key
        )
        assert all(event.evidence for event in here.events())


def test_another_look_records_nothing_and_leaves_the_cursor(tmp_path: Path) -> None:
    with world(tmp_path, Kraken()) as here:
        here.look()
        before = here.store.cursor("main", "exchange-api")
        here.clock.move(3600)
        assert here.look() == 0
        assert here.store.cursor("main", "exchange-api") == before


def test_a_deposit_names_its_transaction_where_the_key_may_see_it(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.sent = [
        {"kind": "deposit", "refid": "FTXDEP-1", "txid": TXID, "asset": "XXBT", "amount": "0.05"},
        {"kind": "withdrawal", "refid": "FTXWDR-1", "txid": "lnbc20m1", "asset": "XXBT", "amount": "0.01"},
    ]
    with world(tmp_path, kraken) as here:
        here.look()
        assert [event.txid for event in here.events() if isinstance(event, Receipt) and event.txid] == [TXID]
        assert [event.txid for event in here.events() if isinstance(event, Movement) and event.txid] == []


def test_a_key_that_may_not_see_transactions_loses_nothing_else(tmp_path: Path) -> None:
    kraken = Kraken()

    def answer(call: str, params: Any) -> Any:
        if "status" in call:
            raise SourceRefusedError("EGeneral:Permission denied")
        return kraken(call, params)

    with world(tmp_path, answer) as here:
        assert here.look() == len(expected("kraken-ledgers.csv")) + 1
        assert any("let the key query funds" in words for words in here.told)


@pytest.mark.parametrize("permission", ["withdraw-funds", "Withdraw Funds", "withdraw_funds"])
def test_a_key_that_may_withdraw_is_refused(tmp_path: Path, permission: str) -> None:
    kraken = Kraken()
    kraken.permissions = ["query-ledger", permission]
    with world(tmp_path, kraken) as here:
        with pytest.raises(SourceRefusedError, match=r"may send coins away .*nothing was recorded"):
            here.look()
        assert here.events() == []


def test_of_a_key_that_may_trade_one_is_told_once(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.permissions = ["query-ledger", "modify-trades"]
    with world(tmp_path, kraken) as here:
        here.look()
        assert any("may do more than read (modify-trades)" in words for words in here.told)
        here.clock.move(90_000)
        here.look()
        assert not any("may do more" in words for words in here.told)


def test_pages_that_were_shifted_or_repeated_are_refused(tmp_path: Path) -> None:
    kraken = Kraken(size=4)

    def repeated(call: str, params: Any) -> Any:
        return kraken(call, {**params, "ofs": 0} if call == "private_post_ledgers" else params)

    with world(tmp_path, repeated) as here:
        with pytest.raises(SourceRefusedError, match="its pages tell 4 of 13 entries"):
            here.look()
        assert here.events() == []
        assert here.store.cursor("main", "exchange-api") is None


def test_margin_is_refused_by_its_name_and_stops_no_other_row(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.entries["LMARGN-AAAAA-BBBBBB"] = _entry("2026-03-10 10:00:00", "margin", "-1.0", refid="MARGIN-1")
    with world(tmp_path, kraken) as here:
        words = (
            r"LMARGN-AAAAA-BBBBBB: .*margin is no sale of coins.*set = \{ skip = .margin. \}.*all others are recorded"
        )
        with pytest.raises(SourceRefusedError, match=words):
            here.look()
        assert len(here.events()) == len(expected("kraken-ledgers.csv")) + 1
        with pytest.raises(SourceRefusedError, match="1 row cannot be taken"):
            here.look()
        assert here.look(set={"skip": "margin"}) == 1
        assert here.suspense() == []


@pytest.mark.parametrize(
    ("amount", "code"), [("1.0", "inflow_doubtful"), ("-1.0", "movement_unexplained"), ("0.5", "inflow_doubtful")]
)
def test_a_row_that_waits_for_a_word_is_a_question_of_the_book(tmp_path: Path, amount: str, code: str) -> None:
    kraken = Kraken()
    kraken.entries["LADJST-AAAAA-BBBBBB"] = _entry("2026-03-01 10:00:00", "adjustment", amount, refid="ADJ-1")
    name = "kraken:LADJST-AAAAA-BBBBBB"
    with world(tmp_path, kraken) as here:
        here.look()
        assert any(f"{name}: your word is needed" in words for words in here.told)
        assert here.findings()[name] == code
        for _ in range(3):
            here.clock.move(20 * 86_400)
            here.look()
            assert not any("your word is needed" in words for words in here.told), "it is told once, and asked by files"
        here.answer_with({"kind": "void", "target": name, "reason": "told twice"})
        here.look()
        assert name not in here.findings()


def test_dollars_that_wait_for_a_word_are_named_until_they_are_done(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.entries["LADJST-AAAAA-BBBBBB"] = _entry(
        "2026-03-01 10:00:00", "adjustment", "1.0", refid="ADJ-1", asset="ZUSD"
    )
    with world(tmp_path, kraken) as here:
        for _ in range(3):
            here.look()
            assert any("LADJST-AAAAA-BBBBBB: your word is needed" in words for words in here.told)
            here.clock.move(20 * 86_400)  # long after it is asked for again
        here.look(done=("LADJST-AAAAA-BBBBBB",))
        assert not any("your word is needed" in words for words in here.told)


def test_a_row_that_is_told_otherwise_is_corrected_by_event(tmp_path: Path) -> None:
    kraken = Kraken()
    with world(tmp_path, kraken) as here:
        here.look()
        kraken.entries["LWDR01-AAAAA-BBBBBB"] |= {"fee": "0.0002000000"}
        assert here.look(every_seconds=60) == 0  # its time is long past the overlap
        here.clock.move(31 * 86_400)  # and all is read again once a month
        assert here.look() == 1
        corrected = [each for each in here.public() if each["kind"] == "correction"]
        assert [(each["target"], each["set"]) for each in corrected] == [
            ("kraken:LWDR01-AAAAA-BBBBBB", {"fee_quantity": "0.00020000"})
        ]


@pytest.mark.parametrize("at", ["2026-03-19 10:00:00", "2026-03-02 10:00:00"])
def test_a_row_that_is_no_longer_listed_is_void_at_any_age(tmp_path: Path, at: str) -> None:
    kraken = Kraken()
    gone = _entry(at, "withdrawal", "-0.001", refid="GONE-1")
    kraken.entries["LDEP09-AAAAA-BBBBBB"] = gone
    with world(tmp_path, kraken) as here:
        here.look()
        del kraken.entries["LDEP09-AAAAA-BBBBBB"]
        here.clock.move(31 * 86_400)
        for _ in range(2):
            assert here.look() == 0, "an answer may be cut once"
            here.clock.move(43_200)
        assert here.look() == 1
        assert any("kraken:LDEP09-AAAAA-BBBBBB was recorded" in words for words in here.told)
        assert [event.target for event in here.events() if isinstance(event, Void)] == ["kraken:LDEP09-AAAAA-BBBBBB"]
        kraken.entries["LDEP09-AAAAA-BBBBBB"] = gone
        here.clock.move(31 * 86_400)
        assert here.look() == 1, "listed again, it is back"
        assert "kraken:LDEP09-AAAAA-BBBBBB" in here.findings()


def test_a_row_that_is_told_late_comes_in_at_any_age(tmp_path: Path) -> None:
    kraken = Kraken()
    with world(tmp_path, kraken) as here:
        here.look()
        kraken.entries["LLATE1-AAAAA-BBBBBB"] = _entry("2026-03-02 10:00:00", "withdrawal", "-0.001", refid="LATE-1")
        here.clock.move(15 * 86_400)
        assert here.look() == 0
        here.clock.move(16 * 86_400)
        assert here.look() == 1


def test_a_list_that_was_cut_takes_nothing_back(tmp_path: Path) -> None:
    kraken = Kraken()
    for number in range(25):
        name = f"LCUT{number:02}-AAAAA-BBBBBB"
        kraken.entries[name] = _entry("2026-03-02 10:00:00", "withdrawal", "-0.001", refid=f"CUT-{number}")
    with world(tmp_path, kraken) as here:
        here.look()
        kraken.entries = {name: each for name, each in kraken.entries.items() if not name.startswith("LCUT")}
        here.clock.move(31 * 86_400)
        words: list[str] = []
        recorded = 0
        for _ in range(4):
            recorded += here.look()
            words += here.told
            here.clock.move(43_200)
        assert recorded == len(here.suspense()) == 1
        assert [each for each in words if "25 rows that were recorded and are no longer listed" in each]


def test_an_account_left_alone_is_not_asked(tmp_path: Path) -> None:
    with world(tmp_path, Kraken()) as here:
        account = here.account()
        account.pace.hold("kraken", 120)
        with pytest.raises(SourceUnreachableError, match="left alone for 120 s more"):
            here.look(account)
        assert here.asked == []
        here.clock.move(121)
        assert here.look(account) > 0


def test_an_unknown_coin_is_refused_with_the_command_that_declares_it(tmp_path: Path) -> None:
    kraken = Kraken({"LODDCN-AAAAA-BBBBBB": _entry("2026-03-10 10:00:00", "withdrawal", "-1.0", asset="ODDCOIN")})
    with world(tmp_path, kraken) as here, pytest.raises(SourceRefusedError, match=r"LODDCN.*ODDCOIN"):
        here.look()


def test_no_event_and_no_word_repeats_the_key(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.entries["LNOTES-AAAAA-BBBBBB"] = _entry("2026-03-10 10:00:00", SECRETS["key.txt"], "1.0")
    with world(tmp_path, kraken) as here:
        with pytest.raises(SourceRefusedError) as refused:
            here.look()
        assert SECRETS["key.txt"] not in str(refused.value)
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert SECRETS["key.txt"].encode() not in kept


def _entry(at: str, kind: str, amount: str, *, refid: str = "REF-1", asset: str = "XXBT") -> dict[str, Any]:
    told = {"refid": refid, "time": epoch(at), "type": kind, "subtype": "", "aclass": "currency", "asset": asset}
    return {**told, "amount": amount, "fee": "0.0000000000", "balance": "0.0000000000"}
