"""Meters by commands: tested before they are saved, shown as they stand, polled, and priced to the cent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork import config
from tests.commands.calling import Caller
from tests.ingest.meters.kit import BY_NAME, Device, KasaPlug, plugged, sample
from tests.ingest.meters.recorded import ENTITY, HomeAssistant, assistant
from tests.ingest.pools.kit import KEY
from tests.ingest.scripted_server import Reply, serving

BEGIN = datetime(2026, 3, 2, 5, tzinfo=UTC)
PROFILE = ("add", "profile", "at=2026-01-01T05:00:00Z", "time_zone=America/New_York", "activity=business",
           "business_began=2020-01-01", "filing_status=single")  # fmt: skip


def settings_of(lotwork: Caller) -> str:
    """Return config.toml as it stands."""
    return (lotwork.home / config.FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "name"), [("shelly", "shelly_switch_status"), ("tasmota", "tasmota_status8")])
def test_a_plug_is_added_with_its_counter_shown(kind: str, name: str, lotwork: Caller, unhurried: None) -> None:
    del unhurried
    with serving() as script:
        script.answer = lambda _: Reply(body=json.dumps(sample(name)).encode())
        told = lotwork("source", "add", kind, "--set", f"base_url={script.url}", "--set", "meter=rigs")
        assert f"{kind} ({kind}, rigs): it answered: nothing yet" in told.out
        assert "the counter stands at 812.345" in told.out
        assert "W are drawn" in " ".join(told.out.split())
        assert f"[[sources.{kind}]]" in settings_of(lotwork)
        told = lotwork("source", "test", kind)
        assert "the counter stands at 812.345" in told.out
        assert "the counter stands at 812.345" in lotwork("poll").out
        listed = lotwork("source", "list")
        assert f"{kind} cannot see" in listed.out
        assert "docs/power.md" in listed.out
        assert "](" not in listed.out
        script.answer = lambda _: Reply(body=b"<html>", media="text/html")
        told = lotwork("source", "test", kind, code=1)
        assert "FAILED" in told.out


def test_a_kasa_plug_is_added_by_its_address(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    plug = KasaPlug(lambda: BY_NAME["kasa"].telling(Device()))
    with plugged(plug) as port:
        given = ("--set", "host=127.0.0.1", "--set", f"port={port}", "--set", "meter=rigs")
        told = lotwork("source", "add", "kasa", *given)
        assert "the counter stands at 812.345 kWh (it says 812345 Wh)" in " ".join(told.out.split())


def test_what_does_not_answer_is_not_saved(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    given = ("--set", "host=127.0.0.1", "--set", "port=1", "--set", "meter=rigs", "--set", "deadline_seconds=2")
    told = lotwork("source", "add", "kasa", *given, code=None)
    assert told.code
    assert "nothing was saved, since the test failed" in told.out + told.err
    assert "[[sources.kasa]]\n" not in settings_of(lotwork).replace("# [[", "#")


def test_home_assistant_from_the_first_look_to_the_line_of_the_form(
    lotwork: Caller, unhurried: None, tmp_path: Path
) -> None:
    del unhurried
    home = HomeAssistant()
    home.use(BEGIN - timedelta(hours=1), 24 * 4 + 1)
    token = tmp_path / "made.token"
    token.write_text(KEY + "\n")
    token.chmod(0o600)
    lotwork(*PROFILE)
    with assistant(home) as port:
        given = ("--set", f"base_url=http://127.0.0.1:{port}", "--set", f"entity={ENTITY}", "--set", "meter=rigs")
        told = lotwork(
            "source", "add", "home_assistant", *given, "--set", "start=2026-03-02", "--secret-file", str(token)
        )
        assert f"home_assistant (home_assistant, {ENTITY}): it answered: 4 energy readings" in " ".join(
            told.out.split()
        )
        assert "first  2026-03-03T04:59:59Z energy 76.8 kWh (rigs)" in told.out
        assert "last   2026-03-06T04:59:59Z energy 76.8 kWh (rigs)" in told.out
        assert KEY not in told.out + told.err + settings_of(lotwork)
        assert "4 new events" in lotwork("poll").out
        assert "4 new events" not in lotwork("poll").out
    start = ("at=2026-01-01T05:00:00Z", "from=2026-01-01", "meter=rigs")
    lotwork("add", "tariff", *start, "price_usd=0.10")
    lotwork("add", "tariff", *start, "price_usd=0.30", "hours=16:00-21:00", "weekdays=mon-fri")
    lotwork("add", "tariff", *start, "price_usd=31", "per=month")
    listed = json.loads(lotwork("expenses", "--year", "2026", "--json").out)
    total = sum(Decimal(row["deductible_usd"]) for row in listed["rows"])
    assert total == 4 * (19 * Decimal("3.2") * Decimal("0.10") + 5 * Decimal("3.2") * Decimal("0.30") + 1)
    assert listed["findings"] == []
