"""A proof of OpenTimestamps: the detached `.ots` file, read and written by the project's own library (LGPL, an extra).

A proof is a tree of operations from the SHA-256 of a file to what attests it: a calendar's promise (pending), or the
merkle root of a block. Nothing of it is believed: each step is done anew as it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lotwork.ledger.errors import InputRefusedError, UsageError, plain

INSTALL = "a stamp is read by opentimestamps: install it with `pip install 'lotwork[stamp]'`"
MOST_PROOF_BYTES = 1 << 20
BITCOIN, LITECOIN = "bitcoin", "litecoin"
"""The chains whose blocks can attest, by the names that a node's settings give them."""
MERKLE_ROOT_BYTES = 32


class BrokenProofError(InputRefusedError):
    """What was read is no proof, or one that cannot be of any file."""


class Pending(NamedTuple):
    """A calendar's promise: whom to ask, and for what."""

    calendar: str
    commitment: bytes


class Attested(NamedTuple):
    """A block that holds the digest: of which chain, at which height, with which merkle root (as a header has it)."""

    chain: str
    height: int
    merkle_root: bytes


class _Library(NamedTuple):
    """The modules of the library, which has no types."""

    calendar: Any
    notary: Any
    op: Any
    reading: Any
    stamps: Any


class Proof:
    """One proof of one digest."""

    def __init__(self, told: Any) -> None:
        self._told = told

    @classmethod
    def begin(cls, digest: bytes, nonce: bytes) -> tuple[Proof, bytes]:
        """Return an empty proof of a SHA-256, and what calendars are sent: its hash with *nonce*.

        Raises UsageError where the extra is not installed.
        """
        of = _library()
        told = of.stamps.DetachedTimestampFile(of.op.OpSHA256(), of.stamps.Timestamp(digest))
        sent: bytes = told.timestamp.ops.add(of.op.OpAppend(nonce)).ops.add(of.op.OpSHA256()).msg
        return cls(told), sent

    @classmethod
    def read(cls, content: bytes) -> Proof:
        """Return the proof that *content* is; BrokenProofError where it is none of a SHA-256."""
        of = _library()
        if len(content) > MOST_PROOF_BYTES:
            raise BrokenProofError(f"the stamp has more than {MOST_PROOF_BYTES} bytes: it is none of OpenTimestamps")
        try:
            told = of.stamps.DetachedTimestampFile.deserialize(of.reading.BytesDeserializationContext(content))
        except (of.reading.DeserializationError, ValueError) as broken:
            raise BrokenProofError(f"the stamp cannot be read ({plain(str(broken))[:200]}): it was changed") from broken
        if not isinstance(told.file_hash_op, of.op.OpSHA256):
            raise BrokenProofError("the stamp is of another hash than SHA-256: such a file can be made to fit")
        return cls(told)

    @property
    def digest(self) -> bytes:
        """The SHA-256 that is proved."""
        digest: bytes = self._told.file_digest
        return digest

    def add(self, commitment: bytes, answer: bytes) -> None:
        """Join a calendar's *answer* on *commitment* to the proof; BrokenProofError where it is none."""
        of = _library()
        try:
            context = of.reading.BytesDeserializationContext(answer)
            more = of.stamps.Timestamp.deserialize(context, commitment)
            context.assert_eof()
            for place in _places(self._told.timestamp):
                if place.msg == commitment:
                    place.merge(more)
        except (of.reading.DeserializationError, ValueError) as broken:
            raise BrokenProofError(f"its answer is no proof ({plain(str(broken))[:200]})") from broken

    def pending(self) -> list[Pending]:
        """Return the promises, in order of the calendars."""
        kind = _library().notary.PendingAttestation
        found = {Pending(each.uri, bytes(at)) for at, each in self._all() if isinstance(each, kind)}
        return sorted(found)

    def attested(self) -> list[Attested]:
        """Return the blocks, the earliest of each chain first."""
        notary = _library().notary
        kinds = ((notary.BitcoinBlockHeaderAttestation, BITCOIN), (notary.LitecoinBlockHeaderAttestation, LITECOIN))
        found = {
            Attested(chain, each.height, bytes(at))
            for at, each in self._all() for kind, chain in kinds
            if isinstance(each, kind) and len(at) == MERKLE_ROOT_BYTES
        }  # fmt: skip
        return sorted(found)

    def content(self) -> bytes:
        """Return the bytes of the `.ots` file."""
        context = _library().reading.BytesSerializationContext()
        self._told.serialize(context)
        content: bytes = context.getbytes()
        return content

    def _all(self) -> Iterable[tuple[bytes, Any]]:
        found: Iterable[tuple[bytes, Any]] = self._told.timestamp.all_attestations()
        return found


def is_known_calendar(address: str) -> bool:
    """Say whether the project of OpenTimestamps lists a calendar, so that a proof may lead there."""
    return address in _library().calendar.DEFAULT_CALENDAR_WHITELIST


def _places(stamp: Any) -> Iterable[Any]:
    waiting = [stamp]
    while waiting:
        place = waiting.pop()
        yield place
        waiting.extend(place.ops.values())


def _library() -> _Library:
    """Return the library, which few need and only the extra brings."""
    try:
        from opentimestamps import calendar  # noqa: PLC0415 - an extra
        from opentimestamps.core import notary, op, serialize, timestamp  # noqa: PLC0415 - the same
    except ImportError:
        raise UsageError(INSTALL) from None
    return _Library(calendar, notary, op, serialize, timestamp)
