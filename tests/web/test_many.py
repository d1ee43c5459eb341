"""Pages by book: of what is not theirs a reader is told what is told of what does not exist, whatever they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from lotwork.config import load
from lotwork.service import web_password
from lotwork.service.reach import Reach
from lotwork.service.readers import Reader
from lotwork.web import many as many_module
from lotwork.web.acting import ACTS
from lotwork.web.api.questions import QUESTIONS
from lotwork.web.many import ManyPages
from lotwork.web.sessions import COOKIE, MOST_SESSIONS
from lotwork.web.source_adding import OwnSettings
from lotwork.web.table_files import FILES
from tests.web.conftest import NOW, ORIGIN, clock
from tests.web.many_homes import (
    ANNS,
    HERE,
    HERS,
    READER_ANN,
    READER_BOB,
    SECRET,
    Book,
    Many,
    answer_of,
    asked,
    filled,
    routes_of,
)
from tests.web.markup import read

NOTHING = "f" * 64
NO_BOOK, NO_HOME, NO_EVENT = "nosuch", "nohome", "noevent"
NAMES = {
    "/tables/{name}.csv": sorted(FILES),
    "/act/{name}": sorted(ACTS),
    "/act/preview/{nonce}/{name}.csv": ["figures"],
    "/api/v1/{name}": sorted(QUESTIONS),
}
"""What can stand in the place of a name; a route with a name that is not here fails the walk."""


@pytest.fixture(autouse=True, scope="module")
def cheap_scrypt() -> Iterator[None]:
    """Let a try cost nothing: what it costs is no matter here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(web_password, "COST", 16)
        yield


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, cheap_scrypt: None) -> Iterator[Many]:
    """Two readers of three books; no test of this module changes what is recorded in those of bob."""
    del cheap_scrypt
    made = Many(tmp_path_factory.mktemp("homes"))
    yield made
    made.homes.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Many]:
    """Make the same, to be changed."""
    made = Many(tmp_path)
    yield made
    made.homes.close()


def walked(many: Many, reader: Reader, most: int | None = None) -> list[tuple[str, str]]:
    """Return every address below a home, with the names that it can have, of each at *most* so many."""
    found = []
    for method, path in routes_of(many.pages.routes_of("ann", reader)):
        names = NAMES[path][:most] if "{name}" in path else [""]
        found += [(method, path.replace("{name}", name)) for name in names]
    return found


def objects(book: Book) -> dict[str, str]:
    """Return what of *book* stands in the open places of a path."""
    return {"name": book.event, "place": "Schedule C/1", "sha256": book.evidence, "nonce": "0" * 24, "word": "ocean"}


def words(csrf: str, **told: str) -> dict[str, str]:
    return {"csrf": csrf, "year": "2026", "step": "record", **told}


def test_the_walk_takes_in_every_address_that_reads_and_every_one_that_acts(many: Many) -> None:
    paths = {path for _, path in walked(many, READER_ANN)}
    assert {"/", "/income.csv", "/evidence/{sha256}", "/event/{name:path}", "/api/v1/lots", "/tables/lots.csv",
            "/act/bill", "/act/import", "/act/source.csv"} <= paths  # fmt: skip
    assert len(paths) > 60


def test_of_another_home_every_address_says_what_it_says_of_a_home_that_is_not_there(many: Many) -> None:
    before, csrf = many.homes.heads(), many.csrf(many.ann)
    for method, path in walked(many, READER_ANN, 2):  # no name is looked at before the home
        told = words(csrf, book="main")
        place = filled(path, **objects(many.homes.bobs))
        theirs = asked(many.ann, method, f"/home/bob{place}", told, "anns-token")
        nobodys = asked(many.ann, method, f"/home/{NO_HOME}{place}", told, "anns-token")
        assert theirs.status_code == 404, (method, path)
        assert answer_of(theirs, "bob", NO_HOME) == answer_of(nobodys, "bob", NO_HOME), (method, path)
    assert many.homes.heads() == before


def test_of_another_book_of_the_home_every_address_says_what_it_says_of_a_book_that_is_not_there(many: Many) -> None:
    before, csrf = many.homes.heads(), many.csrf(many.ann)
    for method, path in walked(many, READER_ANN):
        place = filled(path, **objects(many.homes.hers))
        theirs, nobodys = (
            asked(many.ann, method, f"/home/ann{place}", words(csrf, book=book), "anns-token")
            for book in (HERS, NO_BOOK)
        )
        assert answer_of(theirs, HERS, NO_BOOK) == answer_of(nobodys, HERS, NO_BOOK), (method, path)
        is_of_no_book = path.startswith("/static/") or path.endswith("openapi.json")
        assert theirs.status_code == (200 if is_of_no_book else 404), (method, path)
        assert SECRET not in theirs.text.replace(place, "")
    assert many.homes.heads() == before


@pytest.mark.parametrize("hidden", ["hers", "bobs"])
def test_what_is_in_another_book_is_not_in_ones_own(many: Many, hidden: str) -> None:
    book: Book = getattr(many.homes, hidden)
    csrf = many.csrf(many.ann)
    for method, path in walked(many, READER_ANN):
        if "{" not in path:
            continue
        told = words(csrf, book="main", event=book.event, evidence=book.evidence)
        nothing = told | {"event": NO_EVENT, "evidence": NOTHING}
        values = objects(book)
        theirs = asked(many.ann, method, f"/home/ann{filled(path, **values)}", told, "anns-token")
        none = {**values, "name": NO_EVENT, "sha256": NOTHING}
        nobodys = asked(many.ann, method, f"/home/ann{filled(path, **none)}", nothing, "anns-token")
        names = (book.event, book.evidence, NO_EVENT, NOTHING)
        assert answer_of(theirs, *names) == answer_of(nobodys, *names), (method, path)
        assert path.startswith(("/line/", "/act/")) or theirs.status_code == 404


def test_whoever_may_see_them_sees_these_very_addresses(many: Many) -> None:
    """Else the walk above would ask for what nobody can see, and could not fail."""
    seen, book = 0, many.homes.hers
    for method, path in walked(many, READER_BOB):
        if method == "GET":
            told = {"book": book.book, "year": "2026"}
            place = f"/home/{book.home}{filled(path, **objects(book))}"
            answer = asked(many.bob, method, place, told, "bobs-token")
            assert answer.status_code in (200, 404, 409), (path, answer.text)
            seen += answer.status_code == 200
    for book in (many.homes.hers, many.homes.bobs):
        for path in (f"/event/{book.event}", f"/evidence/{book.evidence}", "/income.csv", "/tables/lots.csv", "/find"):
            answer = many.bob.get(f"/home/{book.home}{path}?book={book.book}&year=2026")
            assert answer.status_code == 200
            assert path == "/find" or SECRET in answer.text or "77777" in answer.text, path
    assert seen > 35


def test_nothing_of_another_book_stands_on_any_page_of_ones_own(many: Many) -> None:
    pages = 0
    for method, path in walked(many, READER_ANN):
        if method != "GET":
            continue
        place = filled(path, name="r1", place="Schedule C/1", sha256=NOTHING, nonce="0" * 24, word="ocean")
        answer = asked(many.ann, method, f"/home/ann{place}", {"book": "main", "year": "2026"}, "anns-token")
        for hidden in (SECRET, HERS, "bob", "77777", many.homes.hers.evidence):
            assert hidden not in answer.text, (path, hidden)
        pages += answer.status_code == 200
    assert pages > 30
    index = many.ann.get("/").text
    assert "/home/ann?" not in index
    assert "/home/ann/?book=main" in index
    assert "bob" not in index
    assert HERS not in index


def test_every_address_that_is_of_no_home_is_one_that_was_looked_at(many: Many) -> None:
    paths = {path for _, path in routes_of(list(many.pages.front.routes))}
    assert paths == {"/", "/books.csv", "/login", "/logout", "/static/lotwork.css"}
    for path in sorted(paths):
        for hidden in (SECRET, HERS, "bob"):
            assert hidden not in many.ann.get(path).text


def test_the_page_of_all_books_names_a_readers_own_and_no_more_of_a_home_in_trouble(own: Many) -> None:
    own.homes.trouble = f"book {HERS}, position 3: it was changed"
    for client, named in ((own.ann, "/home/ann/?book=main"), (own.bob, f"/home/ann/?book={HERS}")):
        page = client.get("/").text
        file = client.get("/books.csv").text.splitlines()
        assert [line.split(",")[:2] for line in file[1:]] == (
            [["ann", "main"]] if client is own.ann else [["ann", HERS], ["bob", "main"]]
        )
        assert f"{NOW:%Y-%m-%d},12.35,0.00,3,0," in file[1]
        assert "position 3" not in file[1]
        assert named in page
        assert "3</a>" in page
        assert "position 3" not in page or client is own.bob  # who sees all of the home bob
    assert HERS not in own.ann.get("/").text


def test_a_home_in_trouble_whose_books_cannot_be_seen_stays_on_the_page(own: Many) -> None:
    own.homes.trouble = f"/srv/{HERS}: permission denied"
    own.homes.unseen = True
    file = own.ann.get("/books.csv").text.splitlines()
    assert [line.split(",")[:2] for line in file[1:]] == [["ann", "main"]], "which is theirs by name"
    assert many_module.NOT_KEPT in file[1]
    file = own.bob.get("/books.csv").text.splitlines()
    assert [line.split(",")[:2] for line in file[1:]] == [["ann", HERS], ["bob", ""]]
    assert "permission denied" in file[2]
    page = own.bob.get("/").text
    assert 'href="/home/bob/?"' in page
    assert "Without 2 books of which that is not known yet." in read(page).text
    own.homes.trouble = ""
    assert own.bob.get("/books.csv").text.count("\n") == 1, "a home without a book has none to show"


def test_what_is_wrong_with_a_home_is_told_in_full_to_who_sees_all_of_it(own: Many) -> None:
    file = own.homes.folder / "ann" / "heads.log"
    file.write_bytes(b"hers is no line of heads\n" + file.read_bytes())
    for told in (own.ann.get("/home/ann/lots?book=main"),
                 own.ann.get("/home/ann/api/v1/lots", headers={"Authorization": "Bearer anns-token"})):  # fmt: skip
        assert told.status_code == 500
        assert many_module.NOT_SHOWN in told.text
        assert HERS not in told.text
    own.set(ann=replace(READER_ANN, books=("ann",)), bob=READER_BOB)
    assert "heads.log" in own.ann.get("/home/ann/lots?book=main").text


def test_a_home_whose_settings_cannot_be_read_says_so_to_who_sees_all_of_it(own: Many) -> None:
    for home in ("ann", "bob"):
        (own.homes.folder / home / "config.toml").write_text("[ledger\n", encoding="utf-8")
    for client, address, token, words in (
        (own.ann, "/home/ann", "anns-token", many_module.NOT_SHOWN),
        (own.bob, "/home/bob", "bobs-token", "config.toml"),
    ):
        for told in (
            client.get(f"{address}/lots"),
            client.get(f"{address}/api/v1/lots", headers={"Authorization": f"Bearer {token}"}),
        ):
            assert (told.status_code, words in told.text) == (500, True)
            assert words == many_module.NOT_SHOWN or many_module.NOT_SHOWN not in told.text


# -- who is nobody ---------------------------------------------------------------------------------------------------


def test_who_is_not_logged_in_cannot_tell_which_homes_there_are(many: Many) -> None:
    stranger = many.browser()
    for method, path in walked(many, READER_ANN, 2):
        place = filled(path, **objects(many.homes.bobs))
        theirs, nobodys = (asked(stranger, method, f"/home/{home}{place}", {}, "none") for home in ("bob", NO_HOME))
        assert theirs.status_code in (303, 401, 403, 404), (method, path)
        assert answer_of(theirs, "bob", NO_HOME)[:2] == answer_of(nobodys, "bob", NO_HOME)[:2], (method, path)
        leads = theirs.headers.get("location", "").replace("/home/bob", f"/home/{NO_HOME}")
        assert leads == nobodys.headers.get("location", "")


@pytest.mark.parametrize("place", ["..", "../bob", "%2e%2e/bob", "ann/../bob", "", "ann%00", "bob/", "BOB", "bob%2F"])
def test_a_home_is_found_by_its_very_name_alone(many: Many, place: str) -> None:
    answer = many.ann.get(f"/home/{place}/income.csv?book=main&year=2026")
    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_a_cookie_opens_no_address_for_programs_and_a_token_no_page(many: Many) -> None:
    assert many.ann.get("/home/ann/api/v1/lots").status_code == 401
    stranger, told = many.browser(), {"Authorization": "Bearer anns-token"}
    assert stranger.get("/home/ann/api/v1/lots", headers=told).status_code == 200
    assert stranger.get("/home/ann/income.csv", headers=told).status_code == 303
    assert stranger.get("/home/ann/api/v1/lots", headers={"Authorization": "Bearer bobs-token"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "wrong horse battery"), ("nobody", ANNS), ("", ANNS), ("bob", ANNS)]
)
def test_a_password_is_good_for_its_own_name_alone(many: Many, name: str, password: str) -> None:
    answer = many.browser().post("/login", data={"username": name, "password": password}, headers=HERE)
    assert answer.status_code in (403, 429)
    assert COOKIE not in answer.cookies


# -- what may be done ------------------------------------------------------------------------------------------------


def test_who_may_act_records_in_their_own_book_and_who_reads_records_nowhere(own: Many) -> None:
    bill = {"category": "electricity", "amount_usd": "120.50", "day": "2026-04-02", "year": "2026", "step": "record"}
    form = own.ann.get("/home/ann/act/bill?book=main&year=2026")
    assert form.status_code == 200
    nonce = "a" * 24
    told = bill | {"csrf": own.csrf(own.ann), "nonce": nonce, "begun": "2026-04-02T12:00:00Z", "book": "main"}
    preview = own.ann.post("/home/ann/act/bill", data=told | {"step": "preview"}, headers=HERE)
    assert preview.status_code == 200, preview.text
    head = own.homes.stores["ann"].head("main")
    done = own.ann.post(
        "/home/ann/act/bill", data=told | {"head": head.hash, "position": str(head.position)}, headers=HERE
    )
    assert (done.status_code, done.headers["location"][:15]) == (303, "/home/ann/event")
    before = own.homes.heads()
    assert before["ann", "main"] == head.position + 1
    for path in ("/home/bob/act/bill", "/home/ann/act/bill"):
        told = bill | {"csrf": own.csrf(own.bob), "nonce": nonce, "begun": "2026-04-02T12:00:00Z", "book": HERS}
        assert own.bob.get(f"{path}?book=main").status_code == 404
        assert own.bob.post(path, data=told, headers=HERE).status_code == 404
    assert own.homes.heads() == before


def test_a_form_of_another_site_or_another_session_does_nothing(own: Many) -> None:
    before, told = own.homes.heads(), {"book": "main", "year": "2026", "step": "record", "nonce": "b" * 24}
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert (
            own.ann.post("/home/ann/act/bill", data=told | {"csrf": own.csrf(own.ann)}, headers=headers).status_code
            == 403
        )
    of_bob = own.ann.post("/home/ann/act/bill", data=told | {"csrf": own.csrf(own.bob)}, headers=HERE)
    assert of_bob.status_code in (403, 422)
    assert own.homes.heads() == before


def test_a_login_begins_a_new_session_and_ends_nobody_elses(own: Many) -> None:
    chosen = "chosen-by-another"
    told = HERE | {"Cookie": f"{COOKIE}={chosen}"}
    answer = own.browser().post("/login", data={"username": "ann", "password": ANNS}, headers=told)
    assert answer.cookies[COOKIE] != chosen
    assert own.browser().get("/", headers={"Cookie": f"{COOKIE}={chosen}"}).status_code == 303
    for _ in range(MOST_SESSIONS + 1):
        own.logged_in("ann", ANNS)
    assert own.bob.get("/").status_code == 200
    assert own.ann.get("/").status_code == 303, "the oldest of her own made room"


def test_logging_out_from_the_page_of_a_home_ends_the_session(own: Many) -> None:
    page = own.ann.get("/home/ann/?book=main").text
    assert 'action="/logout"' in page
    assert own.ann.post("/logout", data={"csrf": own.csrf(own.ann)}, headers=HERE).status_code == 303
    assert own.ann.get("/home/ann/?book=main").status_code == 303


# -- rights that change ----------------------------------------------------------------------------------------------


def test_rights_hold_from_the_next_request_on(own: Many) -> None:
    assert own.ann.get("/home/bob/?book=main").status_code == 404
    own.set(ann=replace(READER_ANN, books=("*",), may_act=False), bob=READER_BOB)
    assert own.ann.get("/home/bob/?book=main").status_code == 200
    assert own.ann.get("/home/ann/act/bill?book=main").status_code == 404
    own.set(ann=replace(READER_ANN, books=("bob",)), bob=READER_BOB)
    assert own.ann.get("/home/ann/?book=main").status_code == 404
    own.set(bob=READER_BOB)
    assert own.ann.get("/home/bob/?book=main").status_code == 303, "who is taken out is logged in no more"


def test_what_was_previewed_in_a_home_is_gone_with_the_rights_to_it(own: Many) -> None:
    acts = replace(READER_ANN, books=("ann/main", "bob"))
    own.set(ann=acts)
    bill = {"category": "electricity", "amount_usd": "120.50", "day": "2026-04-02", "year": "2026", "step": "preview"}
    told = bill | {"csrf": own.csrf(own.ann), "nonce": "a" * 24, "begun": "2026-04-02T12:00:00Z", "book": "main"}
    page = own.ann.post("/home/ann/act/bill", data=told, headers=HERE).text
    places = re.findall(r'href="/home/ann(/act/preview/[^"?]*)', page)
    assert places
    assert own.ann.get(f"/home/ann{places[0]}").status_code == 200
    own.set(ann=replace(acts, books=("bob",)))
    for home in ("ann", "bob"):
        assert own.ann.get(f"/home/{home}{places[0]}").status_code == 404


@pytest.mark.parametrize("spoilt", ["readable", "nonsense", "twice", "gone"])
def test_a_file_of_readers_that_is_not_to_be_trusted_lets_nobody_in(own: Many, spoilt: str) -> None:
    text = own.file.read_text(encoding="utf-8")
    if spoilt == "readable":
        own.file.chmod(0o644)
    elif spoilt == "gone":
        own.file.unlink()
    else:
        own.file.write_text("[[readers" if spoilt == "nonsense" else text + text, encoding="utf-8")
    assert own.ann.get("/").status_code == 303
    assert own.browser().get("/home/ann/api/v1/lots", headers={"Authorization": "Bearer anns-token"}).status_code == 401


# -- where they lie --------------------------------------------------------------------------------------------------


def test_below_a_path_every_address_keeps_it(own: Many) -> None:
    pages = ManyPages(own.homes, own.readers, clock(), Reach(path_prefix="/lotwork"))
    client = TestClient(pages, base_url=ORIGIN, follow_redirects=False)
    asked = client.get("/lotwork/home/ann/costs?book=main")
    assert asked.headers["location"] == "/lotwork/login?next=/home/ann/costs%3Fbook%3Dmain"
    told = {"username": "ann", "password": ANNS, "next": "/home/ann/costs?book=main"}
    answer = client.post("/lotwork/login", data=told, headers=HERE)
    assert answer.headers["location"] == "/lotwork/home/ann/costs?book=main"
    assert "Path=/lotwork/" in answer.headers["set-cookie"]
    page = client.get("/lotwork/home/ann/costs?book=main").text
    places = set(re.findall(r'(?:href|action)="(/[^"?#]*)', page))
    assert places
    assert all(place.startswith("/lotwork/") for place in places), places
    assert {"/lotwork/logout", "/lotwork/"} <= places
    assert "/lotwork/home/ann/?book=main" in client.get("/lotwork/").text


def test_a_source_is_added_by_who_acts_and_sees_the_whole_home(own: Many) -> None:
    own.homes.settings = OwnSettings(
        lambda: load(own.homes.folder / "ann", environ={}), lambda: None, lambda _: None, lambda: None
    )
    form = "/home/ann/act/source/braiins?book=main"
    assert own.ann.get(form).status_code == 404, "she sees a part of it"
    own.set(ann=replace(READER_ANN, books=("ann",)), bob=READER_BOB)
    assert own.ann.get(form).status_code == 200
    assert own.ann.get("/home/ann/act/source?book=main").status_code == 200
    own.set(ann=replace(READER_ANN, books=("ann",), may_act=False), bob=READER_BOB)
    assert own.ann.get(form).status_code == 404


def test_pages_that_were_made_long_ago_are_let_go(own: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_module, "APPS_KEPT", 1)
    for _ in range(2):
        assert own.bob.get("/home/ann/lots?book=hers").status_code == 200
        assert own.bob.get("/home/bob/lots?book=main").status_code == 200
    assert len(own.pages._apps) == 1
