"""What `lotwork packet` tells."""

from __future__ import annotations

from lotwork.reports.rows import Row, Table, Words


class MemberRow(Row, frozen=True, kw_only=True):
    """One member of a packet: its size and digest."""

    name: Words
    bytes: int
    sha256: str


class PacketListing(Row, frozen=True, kw_only=True):
    """A packet that was built; `draft_because` is empty where it is no draft."""

    year: int
    file: str
    bytes: int
    sha256: str
    draft: bool
    draft_because: tuple[str, ...]
    without_addresses: bool
    evidence: int
    evidence_left_out: int
    evidence_lost: int
    members: tuple[MemberRow, ...]


class SentenceRow(Row, frozen=True, kw_only=True):
    """One sentence of a verification: `kind` is ok, note or WRONG."""

    kind: str
    words: Words


class AttestationRow(Row, frozen=True, kw_only=True):
    """What a stamp rests on: `kind` is block (of `chain`, with the merkle root it must have) or pending."""

    kind: str
    chain: str | None
    height: int | None
    merkle_root: str | None
    calendar: str | None


class PacketVerifyListing(Row, frozen=True, kw_only=True):
    """What a verification found; `ok` where everything that was checked holds."""

    file: str
    ok: bool
    own_verifier: bool
    """Whether the `verify.py` inside is the one this Lotwork would pack, to the byte."""
    sentences: tuple[SentenceRow, ...]
    attestations: tuple[AttestationRow, ...]
    """What the stamp beside the packet rests on; empty where there is none."""


class CalendarRow(Row, frozen=True, kw_only=True):
    """A calendar that was asked: whether the stamp grew by its answer, and else why not."""

    calendar: str
    answered: bool
    words: Words


class StampListing(Row, frozen=True, kw_only=True):
    """A stamp that was made or upgraded."""

    file: str
    proof: str
    sha256: str
    calendars: tuple[CalendarRow, ...]
    attestations: tuple[AttestationRow, ...]


MEMBERS = Table(MemberRow, lambda row: (row.name, row.bytes))
