"""What a packet holds, member by member: each is written when its turn comes, so that a long log is never in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from lotwork.ledger.codec import decode
from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.events import Filing, Rule
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.chain import genesis
from lotwork.ledger.storage.evidence import Evidence, named_by
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.rows import Row
from lotwork.packet.checks.chain import COLUMNS, LEFT_OUT
from lotwork.packet.checks.container import MANIFEST_MEMBER, in_order
from lotwork.packet.checks.filed import EVIDENCE_FOLDER, lines_of_state, moved_lines
from lotwork.packet.checks.forms import FORMS_FOLDER
from lotwork.packet.checks.law import FORMULAS_FOLDER, LAW_FOLDER
from lotwork.packet.checks.manifest import FORMAT_OF_PACKETS
from lotwork.packet.decisions import decisions
from lotwork.packet.readme import README, readme_lines
from lotwork.packet.redaction import Redaction
from lotwork.packet.verifier import VERIFIER_NAME, verifier
from lotwork.packet.zip_writer import Packed, ZipWriter
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law, formulas

Pieces = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Everything a packet is made of."""

    log: EventLog
    evidence: Evidence
    book: Book
    law: Law
    head: Head
    year: int
    draft: tuple[str, ...]
    findings: tuple[Finding, ...]
    stopping: frozenset[Finding]
    """Those that stand in the way of filing."""
    acknowledged: Mapping[Finding, str]
    """Those that a filing names, with its id."""
    filings: tuple[Filing, ...]
    results: Mapping[str, bytes]
    forms: Mapping[str, bytes]
    without_addresses: bool = False
    without_evidence: bool = False

    def write(self, out: IO[bytes]) -> tuple[tuple[Packed, ...], dict[str, Any]]:
        """Write the packet into *out*, and return its members and its manifest."""
        redaction = Redaction(self._rows()) if self.without_addresses else None
        named = self._evidence_named()
        kept = {sha256 for sha256 in named if self.evidence.holds(sha256)}
        left = kept if self.without_evidence or redaction is not None else set()
        manifest = self._manifest(redaction, sorted(left), sorted(named - kept))
        texts = self._texts(manifest)
        members: dict[str, Pieces] = {
            name: (pieces if redaction is None else _redacted(redaction, pieces)) for name, pieces in texts.items()
        }
        members |= self._law() | {"events.jsonl": lambda: self._events(redaction), VERIFIER_NAME: lambda: [verifier()]}
        members |= {f"{EVIDENCE_FOLDER}{sha256}": _reading(self.evidence, sha256) for sha256 in kept - left}
        writer = ZipWriter(out)
        for name in in_order(list(members)):
            writer.add(name, members[name]())
        manifest["members"] = [each._asdict() for each in writer.packed]
        writer.add(MANIFEST_MEMBER, [_json(manifest)])
        writer.close()
        return tuple(writer.packed), manifest

    def _rows(self) -> Iterator[Row]:
        return self.log.rows(self.head.book, self.head.position)

    def _evidence_named(self) -> set[str]:
        """Return what any event names, a void one too: the files of law of a return among it."""
        named: set[str] = set()
        for row in self._rows():
            event = decode(row.kind, row.schema_version, row.payload)
            named.update(named_by(event))
            if isinstance(event, Filing) and event.law_files:
                named.add(event.law_files)
        return named

    def _manifest(self, redaction: Redaction | None, left: list[str], lost: list[str]) -> dict[str, Any]:
        def told(words: str) -> str:
            return words if redaction is None else redaction.text(words)

        return {
            "format": FORMAT_OF_PACKETS,
            "book": self.head.book,
            "year": self.year,
            "draft": bool(self.draft),
            "draft_because": [told(why) for why in self.draft],
            "position": self.head.position,
            "head": self.head.hash,
            "law": self.law.digest,
            "left_out": {"addresses": redaction is not None, "evidence": left},
            "lost_evidence": lost,
        }

    def _texts(self, manifest: dict[str, Any]) -> dict[str, Pieces]:
        """Return the members that are words, from which addresses may be left out."""
        rules = self.book.history.of_kind("rule")
        law = {
            "digest": self.law.digest,
            "rules": [rule.id for rule in rules if isinstance(rule, Rule) and rule in self.law.corrections],
        }
        made = {
            README: "".join(f"{line}\n" for line in readme_lines(manifest)).encode(),
            "chain.json": _json(self._chain()),
            "decisions.json": _json(decisions(self.book)),
            "filed.json": _json(self._filed()),
            "findings.json": _json({"findings": [self._finding(each) for each in self.findings]}),
            "law.json": _json(law),
            "prices.json": _json({"rows": self._prices()}),
            **{f"results/{name}.json": content for name, content in self.results.items()},
            **{f"{FORMS_FOLDER}{name}": content for name, content in self.forms.items()},
        }
        return {name: _given(content) for name, content in made.items()}

    def _chain(self) -> dict[str, Any]:
        book = self.head.book
        ledger, format_version, created_us = self.log.begun(book)
        heads = [Head(book, filing.position, filing.head) for filing in self.filings]
        own = [head for head in heads if self.log.hash_at(book, head.position) == head.hash]
        return {
            "book": book,
            "ledger": ledger,
            "format_version": format_version,
            "created_us": created_us,
            "genesis": genesis(book, ledger, format_version, created_us).hex(),
            "position": self.head.position,
            "head": self.head.hash,
            "heads": [{"position": head.position, "hash": head.hash} for head in own],
        }

    def _filed(self) -> dict[str, Any]:
        told = [{"id": each.id, "at": each.at, "position": each.position, "head": each.head, "law": each.law}
                for each in self.filings]  # fmt: skip
        figures = self.filings[-1].figures if self.filings else None
        now = msgspec.json.decode(self.results["liability"])
        moved = moved_lines(figures["lines"], now["lines"]) if figures else []
        held: dict[str, Any] = {"filings": told, "figures": figures, "moved": moved}
        if figures and figures.get("state"):
            held["moved_state"] = moved_lines(lines_of_state(figures), lines_of_state(now))
        return held

    def _finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "code": finding.code,
            "message": finding.message,
            "event": finding.event,
            "stops_filing": finding in self.stopping,
            "acknowledged_by": self.acknowledged.get(finding),
        }

    def _prices(self) -> list[dict[str, Any]]:
        rows = msgspec.json.decode(self.results["income"])["rows"]
        return [
            {
                "event": row["receipt"],
                "asset": row["asset"],
                "price_usd": row["price_usd"],
                "source": row["price_source"],
                "sample": quote.event if (quote := self.book.quotes.get(row["receipt"])) else None,
            }
            for row in rows
        ]

    def _events(self, redaction: Redaction | None) -> Iterator[bytes]:
        for stored in self._rows():
            row, hidden = (stored, False) if redaction is None else redaction.row(stored)
            told: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
            told |= {"payload": row.payload, "hash": stored.hash.hex()} | ({LEFT_OUT: True} if hidden else {})
            yield msgspec.json.encode(told) + b"\n"

    def _law(self) -> dict[str, Pieces]:
        files = {f"{LAW_FOLDER}{topic}.toml": content for topic, content in self.law.files.items()}
        files |= {f"{FORMULAS_FOLDER}{path}": content for path, content in formulas().items()}
        return {name: _given(content) for name, content in files.items()}


def _json(told: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _given(content: bytes) -> Pieces:
    return lambda: [content]


def _redacted(redaction: Redaction, pieces: Pieces) -> Pieces:
    return lambda: redaction.pieces(pieces())


def _reading(evidence: Evidence, sha256: str) -> Pieces:
    def read() -> list[bytes]:
        try:
            return [evidence.read(sha256)]
        except IntegrityError as broken:
            raise IntegrityError(f"no packet was made: {broken}") from broken

    return read
