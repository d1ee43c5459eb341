"""Whatever the spelling, the order, the split into files or the map: the same rows are the same events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.sheets.column_map import load_map
from lotwork.ingest.sheets.files import read_csv
from lotwork.ledger.events import Receipt
from lotwork.ledger.intake import Intake
from lotwork.ledger.units import unscaled
from tests.ingest.memory_log import MemoryLog

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
HEAD = "time,amount,hash,memo\n"
PLAIN: dict[str, Any] = {
    "kind": "receipt",
    "columns": {"at": "time", "quantity": "amount"},
    "constants": {"wallet": "cold", "asset": "BTC", "income": "pool_payout"},
}
BETTER = {**PLAIN, "columns": {**PLAIN["columns"], "txid": "hash"}, "optional": {"note": "memo"}}

Row = tuple[int, int, int]
"""A minute, an amount in satoshis, and which transaction."""
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=8)


@st.composite
def spelled(draw: st.DrawFn, row: Row) -> str:
    """Return *row* as one program or another writes it."""
    minute, satoshis, transaction = row
    at = FIRST + timedelta(minutes=minute)
    abroad = at.astimezone(timezone(timedelta(hours=draw(st.integers(-5, 5)))))
    when = draw(st.sampled_from([f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%d %H:%M}", abroad.isoformat()]))
    exact = unscaled(satoshis, 8)
    amount = draw(st.sampled_from([exact, exact.rstrip("0"), f"+{exact}00", f"{satoshis}e-8", f'"=""{exact}"""']))
    bare = f"{transaction:064x}"
    txid = draw(st.sampled_from([bare, f"0x{bare}", bare.upper()]))
    return f"{when},{amount},{txid},worker {transaction}"


def let_in(log: MemoryLog, folder: Path, lines: list[str], column_map: dict[str, Any]) -> None:
    path = folder / "export.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    door = Intake(log)
    door.take(read_csv(path, load_map(column_map)).lines, folder)
    door.check()
    log.append([event for event in door.events["main"] if event.id not in log.known])


def told(log: MemoryLog) -> list[tuple[datetime, int]]:
    return sorted((event.at, event.quantity) for event in log.events if isinstance(event, Receipt))


@given(st.data(), rows)
def test_an_export_again_adds_nothing_however_it_is_spelled_ordered_and_read(
    tmp_path_factory: Any, data: st.DataObject, chosen: list[Row]
) -> None:
    folder, log = tmp_path_factory.mktemp("rows"), MemoryLog()
    first, second = data.draw(st.permutations([PLAIN, BETTER]))
    let_in(log, folder, [data.draw(spelled(row)) for row in chosen], first)
    expected = sorted((FIRST + timedelta(minutes=minute), satoshis) for minute, satoshis, _ in chosen)
    assert told(log) == expected
    for _ in range(2):
        again = [data.draw(spelled(row)) for row in data.draw(st.permutations(chosen))]
        let_in(log, folder, again, second)
        assert told(log) == expected


@given(st.data(), rows, rows)
def test_a_longer_export_adds_only_what_is_new(
    tmp_path_factory: Any, data: st.DataObject, chosen: list[Row], more: list[Row]
) -> None:
    """Coins that came in are counted, and never more than came in."""
    folder, log = tmp_path_factory.mktemp("rows"), MemoryLog()
    let_in(log, folder, [data.draw(spelled(row)) for row in chosen], BETTER)
    whole = data.draw(st.permutations([*chosen, *more]))
    let_in(log, folder, [data.draw(spelled(row)) for row in whole], BETTER)
    assert told(log) == sorted((FIRST + timedelta(minutes=minute), satoshis) for minute, satoshis, _ in whole)
