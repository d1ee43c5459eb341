"""The advisories for what is pinned: found, none, or nobody to ask, and each of these is said."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests import audit
from tests.ingest.scripted_server import Reply, Script, serving


@pytest.fixture
def database() -> Iterator[Script]:
    with serving() as script:
        yield script


def told(*results: dict[str, object]) -> Reply:
    return Reply(body=json.dumps({"results": results}).encode())


def test_every_lock_that_is_installed_is_asked_about() -> None:
    found = {name for name, _ in audit.pinned()}
    assert {"msgspec", "sqlmodel", "pytest", "beancount", "pip"} <= found
    assert len(audit.pinned()) > len(audit.pinned(["requirements.lock"])) > 20


def test_a_library_with_an_advisory_is_named(database: Script, capsys: pytest.CaptureFixture[str]) -> None:
    known = audit.pinned()
    database.queue.append(told({"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}, *[{}] * (len(known) - 1)))
    assert audit.main(["--url", database.url]) == 1
    said = capsys.readouterr().out
    assert f"{known[0].name} {known[0].version}: GHSA-1, PYSEC-2" in said
    assert f"audited {len(known)} pinned libraries: 1 with an advisory" in said


def test_where_there_is_none_that_is_said(
    database: Script, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 100)
    left = len(audit.pinned())
    while left > 0:
        database.queue.append(told(*[{}] * min(100, left)))
        left -= 100
    assert audit.main(["--url", database.url]) == 0
    assert "0 with an advisory" in capsys.readouterr().out
    assert not database.queue


@pytest.mark.parametrize(
    "reply",
    [Reply(status=503), Reply(body=b"<html>"), Reply(body=b"[]"), Reply(hang_up=True), told({}), told({"vulns": [1]})],
)
def test_whoever_does_not_answer_has_audited_nothing(
    database: Script, capsys: pytest.CaptureFixture[str], reply: Reply
) -> None:
    database.queue.append(reply)
    assert audit.main(["--url", database.url]) == 0
    said = capsys.readouterr().out
    assert said.startswith("NOT AUDITED: ")
    assert "requirements.lock" in said
