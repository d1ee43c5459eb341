"""`lotwork poll` says in words what came of the prices that wait, and ends with 6 where nobody answered at all."""

from __future__ import annotations

import pytest

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.commands.calling import Caller
from tests.ingest.prices.test_fetch import Says
from tests.projections.house import receipt

UNPRICED = {key: value for key, value in receipt("a", "2025-01-01", "1").items() if key != "price_usd"}
SILENT = SourceUnreachableError("first: no connection (ConnectError): check the network")
ODD = SourceRefusedError("second: status 200 and no candle")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (SILENT, SILENT, 6),
        (SILENT, ODD, 6),
        (ODD, ODD, 6),
        (SILENT, None, 0),
        (None, ODD, 0),
        (None, None, 0),
        (SILENT, "90000", 0),
        ("90000", SILENT, 0),
    ],
)
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_only_where_no_source_of_prices_answered_is_it_told_by_the_exit_code(
    lotwork: Caller,
    monkeypatch: pytest.MonkeyPatch,
    first: str | Exception | None,
    second: str | Exception | None,
    code: int,
    how: tuple[str, ...],
) -> None:
    lotwork.take(UNPRICED)
    sources = (Says("first", first), Says("second", second))
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: sources)
    told = lotwork("poll", *how, code=code)
    assert ("no price source answered" in told.err) == (code == 6)
    if how:
        assert told.result["prices"][0]["pending"] == int("90000" not in (first, second))
    else:
        assert "[" not in told.out.partition("prices (main): ")[2]


def test_what_waits_is_told_in_words(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    lotwork.take(UNPRICED)
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: (Says("first", SILENT),))
    line = lotwork("poll", code=6).out.splitlines()[-1]
    assert line == "prices (main): 0 recorded, 1 pending: first: no connection (ConnectError): check the network"


def test_where_nothing_waits_or_nobody_is_to_be_asked_all_is_well(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: ())
    lotwork.take(UNPRICED)
    assert "no price source is configured" in lotwork("poll").out
    lotwork.take({"kind": "price", "id": "p", "at": UNPRICED["at"], "asset": "BTC", "price_usd": "90000"})
    assert "prices" not in lotwork("poll").out
