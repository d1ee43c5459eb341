"""The places of files: what a profile knows, statements, and what lies in a folder that is watched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests

import msgspec

from lotwork.ingest.ports import Page
from lotwork.ingest.register import SOURCES
from tests.ingest.matrix.grammar import Reads, gone_wrong, statement_gone_wrong, table_gone_wrong
from tests.ingest.matrix.looking import At, context_of
from tests.ingest.memory_log import MemoryLog
from tests.ingest.profiles import exports
from tests.ingest.wires import JSON, Said

FACES = {"bank.ofx": "a bank's OFX", "green-button.xml": "Green Button XML"}
"""Statements, which are known by what they are and have no profile."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that a profile knows."""

    name: str

    @property
    def of(self) -> str:
        """The profile, or what a statement is."""
        return FACES.get(self.name) or exports.PROFILE_OF.get(self.name, self.name.removesuffix(".csv"))

    def gone_wrong(self, chance: Random) -> tuple[str, bytes]:
        """Return the file gone wrong, and how."""
        if self.name in FACES:
            return statement_gone_wrong((exports.FOLDER / self.name).read_bytes(), chance)
        return table_gone_wrong(*exports.table(self.name), chance)


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder, in which a file lies."""

    name: str
    true: bytes
    reads: Reads = field(default_factory=Reads)

    def gone_wrong(self, chance: Random) -> tuple[str, bytes]:
        """Return the file gone wrong, and how."""
        if not self.name.endswith(".jsonl"):
            return File(name=self.name).gone_wrong(chance)
        while True:
            what, made = gone_wrong(Said(body=self.true), chance, self.reads)
            twice = made.body == self.true * 2  # one line told again is one event
            if not (twice or made.headers or made.broken or made.status != HTTPStatus.OK or made.media != JSON):
                return what, made.body

    def look(self, folder: Path, content: bytes) -> Page:
        """Return what a look at the folder tells; raises what is wrong with its file."""
        inbox = folder / "inbox"
        inbox.mkdir(exist_ok=True)
        (inbox / self.name).write_bytes(content)
        (declared,) = (one for one in SOURCES if one.kind == "files")
        section = msgspec.convert({"name": "inbox", "folder": str(inbox)}, declared.settings)
        later = At(datetime(2099, 1, 1, tzinfo=UTC))
        source = declared.build(section, context_of(folder, later, MemoryLog(), lambda _: Said()))
        return source.fetch_since(None)


RECEIPT = {
    "kind": "receipt",
    "id": "r1",
    "at": "2026-06-01T12:00:00Z",
    "wallet": "cold",
    "asset": "BTC",
    "quantity": "0.5",
    "income": "pool_payout",
}
FOLDERS = (
    Folder(
        name="receipts.jsonl",
        true=json.dumps(RECEIPT).encode() + b"\n",
        reads=Reads(
            any_text=frozenset({"id", "wallet"}),
            may_miss=lambda at: at == ("id",),
            takes=lambda at, bad: at == ("id",) and bad is None,
        ),
    ),
    Folder(name="nicehash.csv", true=(exports.FOLDER / "nicehash.csv").read_bytes()),
)
FILES = tuple(File(name=name) for name in exports.ALL)
