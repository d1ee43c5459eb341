"""One law for every pool that is read by the frame: what is wrong is refused, what is told becomes so, by event.

Each test runs over all of `CASES`; tests/architecture/test_sources.py tells of a pool that is declared and has no case.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Receipt
from lotwork.ledger.kinds.coins import NEW_KEYS
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, Case, Paid, World, expected, reply, world
from tests.ingest.wires import Asked

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
BEGIN = datetime(2026, 2, 5, 8, tzinfo=UTC)
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["braiins_payouts", "foundry_earnings", "unmineable_payments"])
def test_the_recorded_answers_become_the_events_that_must_come_out(name: str, tmp_path: Path) -> None:
    (case,) = (one for one in CASES if one.name == name.partition("_")[0])
    with world(case.kind, case.settings, case.samples, tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        assert pool.told() == expected(name)


# -- what is wrong is refused


def bomb() -> bytes:
    return gzip.compress(b"[" * 12 * 1024 * 1024)


def raising(failure: Exception) -> Callable[[bytes], Any]:
    def answer(_body: bytes) -> Any:
        raise failure

    return answer


FAULTS: dict[str, Callable[[bytes], Any]] = {
    "too many, wait": lambda _: reply(b"{}", status=429, retry_after="120"),
    "too many, until": lambda _: reply(b"{}", status=429, retry_after="Fri, 06 Mar 2026 12:01:00 GMT"),
    "500": lambda _: reply(b"{}", status=500),
    "502": lambda _: reply(b"<html>", status=502, media="text/html"),
    "503": lambda _: reply(b"", status=503),
    "no such user": lambda _: reply(b'{"error": "Not found"}', status=404),
    "no such key": lambda _: reply(json.dumps({"message": f"no key {KEY}"}).encode(), status=401),
    "elsewhere": lambda _: reply(b"", status=302, location="https://elsewhere.example/"),
    "reset": raising(httpx2.ReadError("reset")),
    "no answer": raising(httpx2.ReadTimeout("late")),
    "cut by the server": raising(httpx2.RemoteProtocolError("cut")),
    "a page": lambda _: reply(b"<html><body>Just a moment...</body></html>", media="text/html"),
    "a page that says it is JSON": lambda _: reply(b"<html></html>"),
    "nothing": lambda _: reply(b""),
    "null": lambda _: reply(b"null"),
    "an empty object": lambda _: reply(b"{}"),
    "an error that came as an answer": lambda _: reply(b'{"error": "Internal server error"}'),
    "an error with a code": lambda _: reply(b'{"code": 5001, "msg": "params error", "message": "params error"}'),
    "an error with its data": lambda _: reply(b'{"code": 3, "data": {}, "message": "ip not allowed"}'),
    "no success": lambda _: reply(b'{"success": false, "message": "no", "data": null}'),
    "cut": lambda body: reply(body[: len(body) // 2]),
    "cut while packed": lambda body: reply(gzip.compress(body)[:-9], content_encoding="gzip"),
    "a bomb": lambda _: reply(bomb(), content_encoding="gzip"),
    "packed otherwise": lambda body: reply(body, content_encoding="br"),
    "not a number": lambda body: reply(body.replace(b": 1", b": NaN", 1)),
    "beyond any number": lambda body: reply(body.replace(b": 1", b": " + b"1" * 90, 1)),
    "an exponent": lambda body: reply(body.replace(b": 1", b": 1e999990", 1) + b" "),
    "a key twice": lambda body: reply(body.replace(b"{", b'{"k": 1, "k": 2, ', 1)),
    "nested": lambda body: reply(b"[" * 9_000 + body + b"]" * 9_000),
    "UTF-16": lambda body: reply(body.decode().encode("utf-16")),
    "with a tail": lambda body: reply(body + b"x"),
}
CHANGES_NOTHING = frozenset({"an exponent", "not a number", "beyond any number"})
"""What a body may lack: then it is told as it is."""


def telling(case: Case, paid: Sequence[Paid]) -> Callable[[Asked], Any]:
    return lambda asked: case.telling(paid, asked)


def payments(case: Case, count: int, *, first: int = 1, begin: datetime = BEGIN) -> list[Paid]:
    """Return *count* payments, one a day, each of another amount."""
    days = range(first, first + count)
    return [Paid(n, begin + timedelta(days=n - 1), (1_000_000 + 1_000 * n) * case.unit) for n in days]


def held(pool: World) -> dict[str, int]:
    """Return what holds of the pool's receipts, by transaction or instant."""
    receipts = [event for event in pool.holding() if isinstance(event, Receipt)]
    return {(one.txid or f"{one.at:%F %T}").removeprefix("0x"): one.gross_quantity or one.quantity for one in receipts}


def meant(case: Case, paid: Sequence[Paid]) -> dict[str, int]:
    """Return what *paid* come to, by transaction or instant."""
    has_txid = case.kind not in ("foundry", "nicehash", "lightning_node")
    return {one.txid if has_txid else f"{one.at:%F %T}": one.units for one in paid}


@EVERY
def test_what_is_no_answer_is_no_event_and_moves_no_cursor(case: Case, tmp_path: Path) -> None:
    paid = payments(case, 12)
    with world(case.kind, case.settings, telling(case, paid), tmp_path, on_credit=case.on_credit) as pool:
        position, cursor = pool.store.head("main").position, pool.store.cursor("main", case.kind)
        body = json.dumps(case.telling(paid, _question(pool))).encode()
        for name, fault in FAULTS.items():

            def answer(asked: Asked, fault: Callable[[bytes], Any] = fault) -> Any:
                return fault(json.dumps(case.telling(paid, asked)).encode())

            if name in CHANGES_NOTHING and b": 1" not in body:
                continue
            pool.server.answer = answer
            with pytest.raises((SourceRefusedError, SourceUnreachableError)) as refused:
                pytest.fail(f"accepted: {name}: {pool.look()} new")
            assert KEY not in str(refused.value)
            assert (pool.store.head("main").position, pool.store.cursor("main", case.kind)) == (position, cursor), name
            pool.source.client.pace = Pace(SystemClock(), gap_seconds=0)  # type: ignore[attr-defined] # a host that asked for silence is asked again
        pool.server.answer = telling(case, paid)
        pool.look()
        assert held(pool) == meant(case, paid)


def _question(pool: World) -> Asked:
    """Return the first question that the source asks."""
    asked: list[Asked] = []

    def answer(one: Asked) -> Any:
        asked.append(one)
        raise httpx2.ReadError("only to see what is asked")

    pool.server.answer = answer
    with pytest.raises(SourceUnreachableError):
        pool.look()
    return asked[0]


# -- what is told becomes so, by event


@EVERY
def test_pages_that_shift_repeat_and_come_out_of_order_lose_nothing_and_double_nothing(
    case: Case, tmp_path: Path
) -> None:
    paid = payments(case, 27, begin=BEGIN + timedelta(days=3))
    told = paid[:22]

    def answer(asked: Asked) -> Any:
        answered = case.telling(told, asked)
        if len(told) < len(paid):
            told.append(paid[len(told)])
        return answered

    with world(case.kind, case.settings, answer, tmp_path, on_credit=case.on_credit) as pool:
        for _ in range(9):
            pool.look()
            pool.clock.instant += timedelta(minutes=20)
        assert len(told) == len(paid)
        assert held(pool) == meant(case, paid)
        pool.server.answer = lambda asked: backwards(case.telling(paid, asked))
        pool.clock.instant += timedelta(hours=1)
        pool.look()
        assert held(pool) == meant(case, paid)


def backwards(value: Any) -> Any:
    """Return *value* with the rows of every list in the other order; pairs of texts stay together."""
    if isinstance(value, dict):
        return {key: backwards(one) for key, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [part for at in range(len(value) - 2, -1, -2) for part in value[at : at + 2]]
    return [backwards(one) for one in reversed(value)] if isinstance(value, list) else value


@EVERY
@pytest.mark.parametrize("age", [2, 26], ids=["lately", "long ago"])
def test_what_is_told_otherwise_is_corrected_and_what_is_told_late_comes_in(
    case: Case, age: int, tmp_path: Path
) -> None:
    paid = payments(case, 28)
    changed, late = len(paid) - age, len(paid) - age + 1
    first = [one for one in paid if one is not paid[late]]
    with world(case.kind, case.settings, telling(case, first), tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        paid[changed] = paid[changed]._replace(units=paid[changed].units + 70 * case.unit)
        pool.server.answer = telling(case, paid)
        for days in (1, 31):
            pool.clock.instant = NOW + timedelta(days=days)
            pool.look()
        assert held(pool) == meant(case, paid)
        pool.clock.instant += timedelta(hours=1)
        assert pool.look() == 0


@EVERY
@pytest.mark.parametrize("age", [2, 26], ids=["lately", "long ago"])
def test_what_is_no_longer_listed_is_void_after_a_day_and_comes_back_if_it_is_listed_again(
    case: Case, age: int, tmp_path: Path
) -> None:
    paid = payments(case, 28)
    with world(case.kind, case.settings, telling(case, paid), tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        left = [one for one in paid if one is not paid[len(paid) - age]]
        pool.server.answer = telling(case, left)
        pool.clock.instant += timedelta(days=31 if age > 7 else 0)
        pool.look()
        assert held(pool) == meant(case, paid)
        for _ in range(3):
            pool.clock.instant += timedelta(hours=13)
            pool.look()
        assert held(pool) == meant(case, left)
        assert any("no longer lists it" in one.body for one in pool.store.pending())
        pool.server.answer = telling(case, paid)
        pool.clock.instant += timedelta(days=31 if age > 7 else 0)
        pool.look()
        assert held(pool) == meant(case, paid)


@EVERY
@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=400), timedelta(days=-400)])
def test_a_look_by_a_clock_that_was_wrong_keeps_nothing_out_once_it_is_right(
    case: Case, ahead: timedelta, tmp_path: Path
) -> None:
    paid = payments(case, 20)
    with world(case.kind, case.settings, telling(case, paid[:12]), tmp_path, on_credit=case.on_credit) as pool:
        pool.clock.instant = NOW - timedelta(days=18) + ahead
        pool.look()
        pool.clock.instant = NOW
        pool.server.answer = telling(case, paid)
        for _ in range(3):
            pool.look()
            pool.clock.instant += timedelta(hours=1)
        assert held(pool) == meant(case, paid)
        asked = len(pool.server.asked)
        pool.look()
        assert len(pool.server.asked) - asked < 8, "it is not read again and again"


@EVERY
def test_a_list_that_is_empty_by_mistake_takes_nothing_back(case: Case, tmp_path: Path) -> None:
    paid = payments(case, 28)
    with world(case.kind, case.settings, telling(case, paid), tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        pool.server.answer = telling(case, [])
        for _ in range(20):
            pool.clock.instant += timedelta(hours=1)
            pool.look()
        assert held(pool) == meant(case, paid)


@EVERY
@pytest.mark.parametrize("power", [-8, -3, 3, 9])
def test_an_amount_in_a_wrong_unit_is_refused_or_asked_about(case: Case, power: int, tmp_path: Path) -> None:
    paid = payments(case, 5, begin=NOW - timedelta(days=7))
    units = paid[-1].units * 10**power if power > 0 else paid[-1].units // 10**-power
    if power < 0 and units * 10**-power != paid[-1].units:
        units = max(units, case.unit)
    wrong = paid[-1]._replace(units=units)
    with world(case.kind, case.settings, telling(case, paid[:-1]), tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        pool.server.answer = telling(case, [*paid[:-1], wrong])
        pool.clock.instant += timedelta(hours=1)
        try:
            pool.look()
        except SourceRefusedError:
            assert len(held(pool)) == 4
        else:
            (doubted,) = (one for one in pool.holding() if isinstance(one, Receipt) and one.doubt)
            assert doubted.doubt == "wrong_unit"


@EVERY
def test_an_added_key_loses_no_income_and_is_told(case: Case, tmp_path: Path) -> None:
    paid = payments(case, 3)

    def answer(asked: Asked) -> Any:
        return with_a_key(case.telling(paid, asked))

    with world(case.kind, case.settings, answer, tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        assert held(pool) == meant(case, paid)
        told = [one.body for one in pool.store.pending()]
        assert any("new_money" in one for one in told)
        assert any(f"{NEW_KEYS}new_money" in (one.note or "") for one in pool.holding())
        pool.clock.instant += timedelta(hours=1)
        pool.look()
        assert [one.body for one in pool.store.pending()] == told


def with_a_key(value: Any) -> Any:
    """Return *value* with a key more in each row."""
    if isinstance(value, list):
        return [({**one, "new_money": "0.5"} if isinstance(one, dict) else one) for one in value]
    if isinstance(value, dict):
        added = {"new_money": "0.5"} if value.get("payments") else {}
        return {key: with_a_key(one) for key, one in value.items()} | added
    return value


@EVERY
def test_no_key_of_the_settings_stands_in_the_log_or_beside_it(case: Case, tmp_path: Path) -> None:
    def answer(asked: Asked) -> Any:
        sent = json.dumps(asked.headers) + asked.body.decode()
        told = case.samples(asked)
        return {**told, "you": sent} if isinstance(told, dict) else [*told]

    with world(case.kind, case.settings, answer, tmp_path, on_credit=case.on_credit) as pool:
        pool.look()
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert written
        assert KEY.encode() not in written
