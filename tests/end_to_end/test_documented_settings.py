"""The settings that docs/sources.md shows are ones Lotwork takes: whoever copies them starts."""

from __future__ import annotations

import re
from pathlib import Path

from lotwork import config
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.log import EventLog
from lotwork.service.sources import watched
from tests.end_to_end.settings import ROOT, documented_map


def test_the_documented_example_builds_every_source(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    example, *_ = re.findall(r"```toml\n(\[\[sources.*?)```", text, re.DOTALL)
    (tmp_path / "config.toml").write_text(example, encoding="utf-8")
    (tmp_path / "bank.toml").write_text(documented_map(), encoding="utf-8")
    for name, secret in (("litecoin.password", "x"), ("ethereum.url", "https://node.example.org/v3/key")):
        (tmp_path / name).write_text(secret, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    found, clock = config.load(tmp_path, environ={}), SystemClock()
    context = BuildContext(
        home=tmp_path, log=EventLog.open(tmp_path), clock=clock, reveal=found.secret, pace=Pace(clock), secrets=()
    )
    names = [one.name[1] for one in watched(found.settings, context)]
    assert names == ["litecoin", "ethereum", "ocean", "receipts", "bills"]
