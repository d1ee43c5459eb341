"""Exports in their true layout become exactly the events that were stated for them by hand, through the command."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller

FOLDER = Path("tests/data/samples")
WORDS = {
    "cointracker_import": ["--map", "cointracker"],
    "swan_trades": ["--map", "swan-trades"],
    "cointracking_trades": ["--set", "zone=UTC"],
    "greenbutton_pge": ["--set", "zone=America/Los_Angeles"],
    "electrum_history": ["--set", "zone=America/New_York"],
}
"""What only a person can say of a sample: which of two it is, and by whose clock."""
WAITING = {
    "binance_us", "coinbase_transactions", "electrum_history", "kraken_ledgers", "ledger_live", "river", "strike_2025",
    "swan_transfers", "trezor_suite",
}  # fmt: skip
"""Samples with coins that came in, which are asked about."""
NO_LEDGER = {"ocean_earnings_site", "turbotax_gains"}
SAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".csv", ".xml") and path.stem not in NO_LEDGER)


def plain(event: dict[str, Any]) -> dict[str, Any]:
    """Return *event* with its amounts as numbers, however many zeros they end with."""
    return {key: Decimal(text) if text.replace(".", "").isdecimal() else text for key, text in event.items()}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_becomes_its_events_and_no_others(lotwork: Caller, path: Path) -> None:
    told = lotwork("import", path, *WORDS.get(path.stem, ()), "--json", code=None)
    assert told.code == (path.stem in WAITING), told.err
    recorded = [json.loads(line) for line in lotwork("export").out.splitlines()]
    stated = [json.loads(line) for line in (FOLDER / f"{path.stem}.expected.jsonl").read_text("utf-8").splitlines()]
    told_of_it = ({key: event.get(key, "") for key in wanted} for event, wanted in zip(recorded, stated, strict=True))
    assert [*map(plain, told_of_it)] == [*map(plain, stated)]


@pytest.mark.parametrize("name", sorted(NO_LEDGER))
def test_a_sample_that_no_ledger_is_made_of_is_refused(lotwork: Caller, name: str) -> None:
    told = lotwork("import", FOLDER / f"{name}.csv", code=3).err
    assert ("export the transactions" in told) or ("payout report" in told)
    assert not lotwork("export").out
