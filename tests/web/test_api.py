"""`/api/v1` answers what the command prints, to the byte, to whoever holds the token; its document tells no less."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lotwork.demo.book import build_demo
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore
from lotwork.service.api_token import FILE, make_token, remove_token
from lotwork.service.reach import Reach
from lotwork.web.api.questions import QUESTIONS
from lotwork.web.app import create
from tests.commands.calling import Caller
from tests.web.conftest import NOW, ORIGIN, clock

ASKED = [
    ("head", {}, ()),
    ("lots", {}, ()),
    ("lots", {"as_of": "2025-12-31"}, ("--as-of", "2025-12-31")),
    ("income", {"year": "2025"}, ("--year", "2025")),
    ("gains", {"year": "2026", "up_to": "1400"}, ("--year", "2026", "--up-to", "1400")),
    ("expenses", {"year": "2025"}, ("--year", "2025")),
    ("equipment", {"year": "2025"}, ("--year", "2025")),
    ("quarterly", {"year": "2026", "as_of": "2026-07-01", "method": "annualized"},
     ("--year", "2026", "--as-of", "2026-07-01", "--annualized")),
    ("findings", {}, ()),
    ("findings", {"year": "2026", "as_of": "2026-07-01", "code": "donation_needs_appraisal"},
     ("--year", "2026", "--as-of", "2026-07-01", "--code", "donation_needs_appraisal")),
    ("liability", {"year": "2025", "tax_table": "true"}, ("--year", "2025", "--tax-table")),
]  # fmt: skip
REFUSED = [
    ("lots", {"yaer": "2025"}, 400, "UsageError"),
    ("income", {}, 400, "UsageError"),
    ("income", {"year": "12"}, 400, "UsageError"),
    ("income", {"year": "2025.0"}, 400, "UsageError"),
    ("income", {"year": "\uff12025"}, 400, "UsageError"),
    ("lots", {"as_of": "yesterday"}, 400, "UsageError"),
    ("lots", {"known": "T"}, 400, "UsageError"),
    ("lots", {"up_to": "-1"}, 400, "UsageError"),
    ("lots", {"law": "/etc"}, 400, "UsageError"),
    ("quarterly", {"year": "2026", "method": "none"}, 400, "UsageError"),
    ("lots", {"book": "nobody"}, 404, "BookNotFoundError"),
    ("liability", {"year": "2040"}, 409, "UnknownFigureError"),
    ("secrets", {}, 404, "NotFound"),
]


class Client:
    """Asks with a token, of the demo book unless another is named."""

    def __init__(self, http: TestClient, token: str) -> None:
        self.http = http
        self.token = token

    def get(self, name: str, values: Mapping[str, str], token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.http.get(f"/api/v1/{name}", params={"book": "demo", **values}, headers=headers)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    home = tmp_path_factory.mktemp("api") / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
    with TestClient(create(home, clock=clock()), base_url=ORIGIN) as http:
        yield home, Client(http, make_token(home))


@pytest.mark.parametrize(("name", "values", "words"), ASKED, ids=str)
def test_an_answer_is_what_the_command_prints_to_the_byte(
    api: tuple[Path, Client],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    values: Mapping[str, str],
    words: tuple[str, ...],
) -> None:
    home, client = api
    monkeypatch.setattr(SystemClock, "now", lambda _: NOW)
    told = client.get(name, values)
    assert told.status_code == 200
    assert told.headers["content-type"] == "application/json"
    assert told.text == Caller(home, capsys, monkeypatch)("--book", "demo", name, *words, "--json", code=None).out
    assert client.get(name, values).content == told.content
    check(told.json(), schema_of(document(client), name), document(client))


def test_every_question_is_asked_here() -> None:
    assert {name for name, _, _ in ASKED} == set(QUESTIONS)


@pytest.mark.parametrize(("name", "values", "status", "error"), REFUSED, ids=str)
def test_what_cannot_be_asked_is_refused_as_the_command_refuses_it(
    api: tuple[Path, Client], name: str, values: Mapping[str, str], status: int, error: str
) -> None:
    _, client = api
    told = client.get(name, values)
    assert (told.status_code, told.json()["error"], told.json()["ok"]) == (status, error, False)
    assert told.json()["message"]
    check(told.json(), {"$ref": "#/components/schemas/RefusalListing"}, document(client))
    if name in QUESTIONS:
        assert str(status) in document(client)["paths"][f"/{name}"]["get"]["responses"]


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}",
                                  "Bearer {token}x", "Bearer {token} {token}", "bearer: {token}"])  # fmt: skip
def test_nobody_is_answered_without_the_token(api: tuple[Path, Client], sent: str | None) -> None:
    _, client = api
    headers = {} if sent is None else {"Authorization": sent.format(token=client.token)}
    for name in (*QUESTIONS, "secrets"):
        told = client.http.get(f"/api/v1/{name}?book=demo&year=2025", headers=headers)
        assert told.status_code == 401
        assert told.headers["www-authenticate"] == "Bearer"
        assert "BTC" not in told.text


def test_beyond_this_machine_the_token_is_enough_and_nothing_else_is_shown(api: tuple[Path, Client]) -> None:
    home, client = api
    reach = Reach(allowed_hosts=("miner.lan",))
    with TestClient(create(home, clock=clock(), reach=reach), base_url="http://miner.lan:8377") as http:
        beyond = Client(http, client.token)
        assert beyond.get("lots", {}).status_code == 200
        assert beyond.get("lots", {}, token="another").status_code == 401
        assert http.get("/lots", follow_redirects=False).status_code == 303
        assert http.get("/api/../lots", follow_redirects=False).status_code == 303


def test_the_token_is_no_part_of_the_address(api: tuple[Path, Client]) -> None:
    _, client = api
    assert client.http.get(f"/api/v1/lots?book=demo&token={client.token}").status_code == 401


def test_a_value_told_twice_is_refused(api: tuple[Path, Client]) -> None:
    _, client = api
    headers = {"Authorization": f"Bearer {client.token}"}
    assert client.http.get("/api/v1/lots?book=demo&book=main", headers=headers).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written(api: tuple[Path, Client], method: str) -> None:
    _, client = api
    headers = {"Authorization": f"Bearer {client.token}"}
    assert client.http.request(method, "/api/v1/lots?book=demo", headers=headers).status_code in (403, 405)


def test_a_token_is_made_anew_and_taken_away_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
    lotwork = Caller(home, capsys, monkeypatch)
    with TestClient(create(home, clock=clock()), base_url=ORIGIN) as http:
        client = Client(http, "none")
        assert client.get("head", {}).json()["error"] == "NoToken"
        first = lotwork("api", "token").out.strip()
        assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
        assert client.get("head", {}, first).status_code == 200
        second = lotwork("api", "token", "--json").result["token"]
        assert len({first, second}) == 2
        assert [client.get("head", {}, each).status_code for each in (first, second)] == [401, 200]
        os.chmod(home / FILE, 0o640)  # noqa: PTH101 - what a careless hand does
        refused = client.get("head", {}, second)
        assert (refused.status_code, refused.json()["error"]) == (500, "ConfigError")
        assert second not in refused.text
        os.chmod(home / FILE, 0o600)  # noqa: PTH101 - the same
        assert lotwork("api", "token", "--remove", "--json").result["has_token"] is False
        assert client.get("head", {}, second).json()["error"] == "NoToken"
        assert remove_token(home) is False


def test_what_is_recorded_is_in_the_next_answer(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
        with TestClient(create(home, clock=clock()), base_url=ORIGIN) as http:
            client = Client(http, make_token(home))
            before = client.get("head", {}).json()
            from tests.web.conftest import LATE_BILL, record  # noqa: PLC0415 - only this test records

            record(home, LATE_BILL, book="demo")
            assert client.get("head", {}).json()["position"] == before["position"] + 1


def document(client: Client) -> Any:
    """Return the document; it says nothing of the home, and so asks no token."""
    told = client.http.get("/api/v1/openapi.json")
    assert told.status_code == 200
    return told.json()


def test_the_document_tells_every_route_with_what_it_may_be_asked_and_no_other(api: tuple[Path, Client]) -> None:
    told = document(api[1])
    assert told["openapi"].startswith("3.1")
    assert told["paths"].keys() == {f"/{name}" for name in QUESTIONS}
    for name, question in QUESTIONS.items():
        operation = told["paths"][f"/{name}"]["get"]
        assert tuple(each["name"] for each in operation["parameters"]) == question.values
        assert [each["name"] for each in operation["parameters"] if each["required"]] == ["year"] * question.needs_year
        assert {"200", "400", "401", "404", "409", "503"} <= operation["responses"].keys()


def schema_of(told: Any, name: str) -> Any:
    return told["paths"][f"/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def check(value: Any, schema: Any, told: Any, place: str = "") -> None:
    """Hold *value* against *schema*, as far as JSON Schema is used here; a key that no schema has fails."""
    keys = properties(schema, told)
    if isinstance(value, dict) and keys is not None:
        assert not set(value) - set(keys), f"{place}: not in the document: {set(value) - set(keys)}"
    assert fits(value, schema, told), f"{place}: {str(value)[:80]!r} is no {str(schema)[:200]}"


def resolved(schema: Any, told: Any) -> Any:
    while "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def properties(schema: Any, told: Any) -> list[str] | None:
    """Return every key that *schema* tells; None where any may stand there."""
    schema = resolved(schema, told)
    if "allOf" in schema:
        parts = [properties(each, told) or [] for each in schema["allOf"]]
        return [key for part in parts for key in part]
    return list(schema["properties"]) if "properties" in schema else None


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict,
    "number": (int, float),
}  # fmt: skip


def fits(value: Any, schema: Any, told: Any) -> bool:
    schema = resolved(schema, told)
    if "allOf" in schema:
        return all(fits(value, each, told) for each in schema["allOf"])
    if "anyOf" in schema:
        return any(fits(value, each, told) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if "type" in schema and not (
        isinstance(value, TYPES[schema["type"]]) and not (schema["type"] == "integer" and isinstance(value, bool))
    ):
        return False
    if isinstance(value, list):
        return all(fits(each, schema.get("items", {}), told) for each in value)
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
        return set(schema.get("required", ())) <= value.keys() and all(
            fits(each, known.get(key, more if isinstance(more, dict) else {}), told) for key, each in value.items()
        )
    return True


def test_a_value_of_another_type_does_not_fit(api: tuple[Path, Client]) -> None:
    told = document(api[1])
    answer = api[1].get("lots", {}).json()
    assert fits(answer, schema_of(told, "lots"), told)
    for name, wrong in (("position", "7"), ("rows", {}), ("head", None), ("findings", [1])):
        assert not fits({**answer, name: wrong}, schema_of(told, "lots"), told), name
    assert not fits({key: value for key, value in answer.items() if key != "rows"}, schema_of(told, "lots"), told)
    with pytest.raises(AssertionError, match="not in the document"):
        check({**answer, "more": 1}, schema_of(told, "lots"), told)
