"""Two homes, three books and two readers: what each of them sees, and every address that there is to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

from httpx2 import Response
from msgspec.structs import replace
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from lotwork.alerts.brief import Brief
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import ZERO
from lotwork.service.health import Health
from lotwork.service.reach import Reach
from lotwork.service.readers import FILE, Reader, Readers, digest_of_token, write_readers
from lotwork.service.web_password import kept_form
from lotwork.web.many import HomeServed, ManyPages
from lotwork.web.source_adding import OwnSettings
from tests.web.conftest import NOW, ORIGIN, clock, record
from tests.web.views.made import FACTS, PROFILE, receipt

ANNS, BOBS = "correct horse battery", "staple battery horse"
HERE = {"Origin": ORIGIN}
HERS = "hers"
OWED = Decimal("12.34567890123456")
"""A payment as it is computed: what is told of it is cents."""
SECRET = "bobsvault"
"""What stands in everything that reader ann must not see."""
READER_ANN = Reader(name="ann", books=("ann/main",), password=None, token=digest_of_token("anns-token"), may_act=True)
READER_BOB = Reader(name="bob", books=("bob", f"ann/{HERS}"), token=digest_of_token("bobs-token"))


class Book(NamedTuple):
    """A book that reader ann must not see: where it is, and something of every kind in it."""

    home: str
    book: str
    event: str
    evidence: str


class Homes:
    """The homes ann (books main and hers) and bob (book main), as the daemon would serve them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores: dict[str, EventStore] = {}
        self.health: dict[str, Health] = {}
        self.trouble = ""
        self.unseen = False
        """Whether nobody can see which books there are."""
        self.settings: OwnSettings | None = None
        for name in ("ann", "bob"):
            home = folder / name
            record(home, PROFILE, FACTS, receipt("r1", "2026-02-01"))
            self.health[name] = Health(home, clock(), chain_ok=True, verified_at=NOW)
        self.hers = self._hidden("ann", HERS)
        self.bobs = self._hidden("bob", "main")
        for name in ("ann", "bob"):
            self.stores[name] = EventStore.open(folder / name, clock=clock())

    def _hidden(self, home: str, book: str) -> Book:
        """Record what reader ann must not see."""
        place = self.folder / home
        evidence = Evidence(place).keep(f"a bill of {SECRET}, {home} {book}".encode())
        event = f"{SECRET}-{book}-{home}"
        lines = (
            PROFILE | {"id": f"{SECRET}-p"},
            FACTS | {"id": f"{SECRET}-f"},
            receipt(event, "2026-03-01", "0.77", wallet=SECRET, evidence=evidence),
            receipt(f"{event}-2", "2026-04-01", "0.66", wallet=SECRET, price_usd="77777"),
        )
        own = lines if book == HERS else lines[2:]
        record(place, *own, book=book)
        return Book(home, book, event, evidence)

    def names(self) -> Iterator[str]:
        """Yield the name of every home."""
        yield from self.stores

    def named(self, name: str) -> HomeServed | None:
        """Return a home as the daemon keeps it."""
        if name not in self.stores:
            return None
        store = self.stores[name]
        briefs = {book: Brief(NOW.date(), NOW.date(), OWED, ZERO, 3, 0, None) for book in store.books()}
        return HomeServed(
            home=store.home,
            status=self.health[name],
            writer=lambda: store,
            settings=self.settings,
            own=lambda: frozenset() if self.unseen else frozenset(store.books()),
            briefs={} if self.unseen else dict(briefs),
            trouble=self.trouble,
            generation=1,
        )

    def heads(self) -> dict[tuple[str, str], int]:
        """Return where every book ends."""
        return {
            (name, book): store.head(book).position for name, store in self.stores.items() for book in store.books()
        }

    def close(self) -> None:
        for store in self.stores.values():
            store.close()


class Many:
    """The pages over the homes, and the browsers of their readers."""

    def __init__(self, folder: Path) -> None:
        self.homes = Homes(folder)
        self.file = folder / FILE
        self.kept = {"ann": kept_form(ANNS), "bob": kept_form(BOBS)}
        self.set(ann=READER_ANN, bob=READER_BOB)
        self.readers = Readers(folder)
        self.pages = ManyPages(self.homes, self.readers, clock(), Reach())
        self.ann, self.bob = self.logged_in("ann", ANNS), self.logged_in("bob", BOBS)

    def set(self, **readers: Reader) -> None:
        """Write the file of readers, each with their password."""
        write_readers(self.file, [replace(each, password=self.kept[name]) for name, each in readers.items()])

    def browser(self) -> TestClient:
        return TestClient(self.pages, base_url=ORIGIN, follow_redirects=False)

    def logged_in(self, name: str, password: str) -> TestClient:
        """Return the browser of a reader who has logged in."""
        client = self.browser()
        answer = client.post("/login", data={"username": name, "password": password}, headers=HERE)
        assert answer.status_code == 303, answer.text
        return client

    def csrf(self, client: TestClient) -> str:
        """Return what a form of this session sends along."""
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
        assert found
        return found[1]


def routes_of(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each method and path that *routes* know, those of what is mounted in them too."""
    for route in routes:
        if isinstance(route, Mount):
            yield from (
                routes_of(list(route.routes), f"{prefix}{route.path}")
                if route.routes
                else [("GET", f"{prefix}{route.path}/lotwork.css")]
            )
        else:
            assert isinstance(route, Route)
            yield from ((method, f"{prefix}{route.path}") for method in sorted(route.methods or ()) if method != "HEAD")


def filled(path: str, **values: str) -> str:
    """Return *path* with *values* in the places that it leaves open."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: quote(values[found[1]], safe=":/"), path)


def asked(client: TestClient, method: str, address: str, form: Mapping[str, str], token: str) -> Response:
    """Ask for an address as a browser would, or a program."""
    is_api = "/api/" in address
    headers = {"Authorization": f"Bearer {token}"} if is_api else {}
    if is_api:
        no_year = address.endswith(("/lots", "/head"))
        form = {name: value for name, value in form.items() if name == "book" or (name == "year" and not no_year)}
    if method == "POST":
        return client.post(address, data=dict(form), headers=HERE | headers)
    return client.get(f"{address}?{urlencode(form)}", headers=headers)


def answer_of(response: Response, *names: str) -> tuple[int, str, dict[str, str]]:
    """Return all that an answer says, with each of *names*, which were asked for, made one."""
    text = response.text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(quote(name, safe=""), "NAME").replace(name, "NAME")
    headers = {name: value for name, value in response.headers.items() if name not in ("content-length", "date")}
    return response.status_code, text, headers
