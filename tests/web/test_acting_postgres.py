"""Acting from a page where the ledger is a PostgreSQL: recorded once, refused where it moved on, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from tests.postgres_server import Server
from tests.web.acting import BILL, MOVED, PASSWORD, Owner, cheap_scrypt, sent_by
from tests.web.conftest import clock
from tests.web.views.made import FACTS, PROFILE, receipt

__all__ = ["cheap_scrypt"]


class ThereOwner(Owner):
    """The pages of a home whose ledger is in a database."""

    def __init__(self, home: Path, url: str) -> None:
        home.mkdir()
        (home / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n')
        self.home, self.clock = home, clock()
        self.store = EventStore.open(home, clock=self.clock, database=Postgres(url))
        lines = (PROFILE, FACTS, receipt("r1", "2026-02-01"), MOVED)
        self.store.append(Batch("main", [parse_event(line, AssetTable(), "test") for line in lines]))
        set_password(home, PASSWORD)
        self.app = create(home, clock=self.clock, writer=lambda: self.store)
        self.client = self.browser()


@pytest.fixture
def there(postgres: Server, tmp_path: Path) -> Iterator[ThereOwner]:
    with postgres.database() as name:
        owner = ThereOwner(tmp_path / "home", postgres.url(name))
        with owner.store:
            yield owner


def test_an_act_is_recorded_once_refused_where_the_log_moved_on_and_undone(there: ThereOwner) -> None:
    assert not [file for file in there.home.iterdir() if file.read_bytes()[:6] == b"SQLite"]
    assert there.log_in() == 303
    preview = sent_by(there.send("bill", {**there.open("/act/bill"), **BILL})[1])
    other = there.do("bill", "/act/bill", **{**BILL, "amount_usd": "7"})
    status, page = there.send("bill", preview)  # the log has moved on
    assert (status, there.position) == (409, 5)
    status, place = there.send("bill", sent_by(page))
    assert (status, there.position) == (303, 6)
    assert there.send("bill", sent_by(page)) == (303, place)
    assert there.do("void", f"/act/void?event={other}", reason="never came")
    assert there.position == 7
    assert "$120.50" in there.client.get("/costs?year=2026").text
    assert "$7.00" not in there.client.get("/costs?year=2026").text
