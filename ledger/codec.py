"""Event <-> the canonical JSON that is stored and hashed; the registry of kinds; upcasting by schema version.

The canonical payload has its keys sorted, leaves out what is at its default, and holds quantities in base units and
money in micro-dollars. Its bytes are the event's content: two events are the same when these bytes are. Payloads
written by an older version are never rewritten; they are upcast, one version at a time, when they are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, get_args

import msgspec

from lotwork.ledger.errors import ImpossibleEventError, IntegrityError, NewerFormatError
from lotwork.ledger.events import Event, EventBase
from lotwork.ledger.txids import txid_key

SCHEMA_VERSION = 2
"""2: what may be no income is kept out of the figures; a receipt that version 1 wrote goes on counting, and is told."""

UNREADABLE = (msgspec.MsgspecError, ImpossibleEventError, UnicodeDecodeError, ArithmeticError)
"""What reading a payload raises that is no event of its kind."""

Stored: TypeAlias = tuple[int, str, int, bytes | str]
"""A row: position, kind, schema version and payload."""
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

KINDS: dict[str, type[EventBase]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Event)}

# (kind, the version it was written in) -> the same payload one version on.
UPCASTERS: dict[tuple[str, int], Upcaster] = {}

_encoder = msgspec.json.Encoder(order="sorted")


class _Decoders(dict[str, Callable[[bytes | str], Event]]):
    """What reads payloads of each kind, made when the first of them is read.

    Not one for all: the tag stands in the middle of the sorted keys, and looking for it first costs a third of the
    speed. Each still refuses a payload of another kind.
    """

    def __missing__(self, kind: str) -> Callable[[bytes | str], Event]:
        """Make what reads payloads of *kind*."""
        if kind not in KINDS:
            raise NewerFormatError(
                f"a stored event is of kind {kind!r}, and this Lotwork knows none: upgrade the program"
            )
        decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(KINDS[kind])
        return self.setdefault(kind, decoder.decode)


_decoders = _Decoders()
_version_of = itemgetter(2)

VOWELS = "aeio"
"""A usage begins with the sound of a y."""
_DERIVED = re.compile(r"(?P<kind>[a-z_]+)-[0-9a-f]{24}")
_KIND_OF = {kind: name for name, kind in KINDS.items()}


def kind_of(event: Event) -> str:
    """Return the word the log uses for this event's kind."""
    return _KIND_OF[type(event)]


def a_kind(word: str) -> str:
    """Return the word of a kind as a sentence has it: "a receipt", "an expense"."""
    return f"{'an' if word[:1] in VOWELS else 'a'} {word}"


def encode(event: Event) -> bytes:
    """Return the canonical payload of *event*."""
    return _encoder.encode(event)


def decode(kind: str, schema_version: int, payload: bytes | str) -> Event:
    """Return the event a stored *payload* tells, upcast to today's vocabulary and checked.

    Raises IntegrityError where the payload is not an event of that *kind*, NewerFormatError where this Lotwork does not
    know the kind or the version yet.
    """
    read = _decoders[kind]
    try:
        if schema_version != SCHEMA_VERSION and _is_upcast(kind, schema_version):
            payload = _encoder.encode(upcast(kind, schema_version, msgspec.json.decode(payload)))
        return read(payload)
    except UNREADABLE as broken:
        raise IntegrityError(
            f"a stored {kind} event cannot be read ({broken}): run `lotwork verify`, then restore a backup"
        ) from broken


def decode_all(rows: Sequence[Stored]) -> list[tuple[int, Event]] | None:
    """Return the position and the event of each of *rows*, as `decode` reads them; None where one cannot be read."""
    try:
        if any(map(SCHEMA_VERSION.__ne__, map(_version_of, rows))):
            return [(position, decode(kind, version, payload)) for position, kind, version, payload in rows]
        readers = _decoders
        return [(position, readers[kind](payload)) for position, kind, _, payload in rows]
    except (*UNREADABLE, IntegrityError):
        return None


def decode_columns(kinds: Sequence[str], versions: Sequence[int], payloads: Sequence[bytes | str]) -> list[Event]:
    """Return the event of each row of three columns, as `decode` reads it; what one raises that is none, this raises.

    One of UNREADABLE or IntegrityError, or TypeError where a column holds what is never stored in it.
    """
    if versions.count(SCHEMA_VERSION) != len(versions):
        return [*map(decode, kinds, versions, payloads)]
    readers = _decoders
    return [readers[kind](payload) for kind, payload in zip(kinds, payloads, strict=True)]


def _is_upcast(kind: str, schema_version: int) -> bool:
    """Say if a payload is not read as it stands: a step leads on from it, or no version is called that."""
    known = range(schema_version, SCHEMA_VERSION) if 1 <= schema_version < SCHEMA_VERSION else ()
    return not known or any((kind, version) in UPCASTERS for version in known)


def upcast(kind: str, schema_version: int, payload: dict[str, Any]) -> dict[str, Any]:
    """Return *payload* as today's version would have written it."""
    if schema_version > SCHEMA_VERSION:
        raise NewerFormatError(
            f"{a_kind(kind)} event has schema version {schema_version}, and this Lotwork knows up to {SCHEMA_VERSION}: "
            "upgrade the program"
        )
    if schema_version < 1:
        raise IntegrityError(
            f"{a_kind(kind)} event has schema version {schema_version}, which no Lotwork wrote: run `lotwork verify`, "
            "then restore a backup"
        )
    for version in range(schema_version, SCHEMA_VERSION):
        step = UPCASTERS.get((kind, version))
        payload = step(payload) if step else payload
    return payload


def derived_id(event: Event) -> str:
    """Return the id of an event whose caller gave none: its kind and the digest of its content."""
    content = _encoder.encode(msgspec.structs.replace(event, id=""))
    return f"{kind_of(event)}-{hashlib.sha256(content).hexdigest()[:24]}"


def has_derived_id(event: Event) -> bool:
    """Say if the caller of *event* gave it no id of its own."""
    told = _DERIVED.fullmatch(event.id)
    return told is not None and told["kind"] == kind_of(event)


def same_event(one: Event, other: Event) -> bool:
    """Return whether two events say the same: however each spells its transaction, whichever row it was read from."""
    return encode(_plainly(one)) == encode(_plainly(other))


def _plainly(event: Event) -> Event:
    txid = getattr(event, "txid", None)
    told: dict[str, Any] = {"row": None, "may_repeat": None}
    if txid is not None:
        told["txid"] = txid_key(txid)
    return msgspec.structs.replace(event, **told)
