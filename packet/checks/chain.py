"""The hash chain: each event binds the one before it and every field of its own, from the canonical bytes.

    hash = SHA-256("lotwork-v1" || previous hash || position || field || field ...)
    field = type tag || length in 8 bytes || bytes

The fields are book, id, kind, schema version, instant in microseconds, source, transaction, instant of recording,
payload. So no event can be changed, left out, put in or moved without another hash at the end, which is
the head: whoever keeps the head elsewhere knows whether the packet is of the same log.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from lotwork.packet.checks.container import Members
from lotwork.packet.checks.telling import BrokenPacketError, Report, Told, read_json, short

CHAIN_DOMAIN = b"lotwork-v1"
ZEROES = bytes(32)
COLUMNS = ("book", "position", "id", "kind", "schema_version", "at_us", "source", "txid", "recorded_us")
LEFT_OUT = "left_out"
GONE_WORDS = ("[left out]", "[address ")
"""What stands where an address was: an event shown in part has one of these, or it was not for an address."""


def field_bytes(value: str | int | bytes | None) -> bytes:
    """Return a field as the hash binds it: by type, length and bytes."""
    if value is None:
        return b"n" + bytes(8)
    if isinstance(value, bool) or not isinstance(value, (str, int, bytes)):
        raise TypeError(f"the log never stores {value!r}")
    if isinstance(value, str):
        tag, content = b"t", value.encode("utf-8")
    elif isinstance(value, int):
        tag, content = b"i", str(value).encode("ascii")
    else:
        tag, content = b"b", value
    return tag + len(content).to_bytes(8, "big") + content


def chain_hash(previous: bytes, position: int, fields: list[str | int | bytes | None]) -> bytes:
    """Return the hash of what stands at *position* behind the hash *previous*."""
    bound = b"".join(map(field_bytes, [position, *fields]))
    return hashlib.sha256(CHAIN_DOMAIN + previous + bound).digest()


def rehashed(row: Told, previous: bytes) -> str:
    """Return the hash that an event of these columns has, in hex."""
    fields = [row["book"], row["id"], row["kind"], row["schema_version"], row["at_us"], row["source"], row["txid"],
              row["recorded_us"], row["payload"]]  # fmt: skip
    return chain_hash(previous, row["position"], fields).hex()


def read_chain(members: Members, chain: Told, report: Report, *, redacted: bool) -> Iterator[Told]:
    """Yield every event, with its payload read, once its hash is what follows from the one before it."""
    begun = [chain["book"], chain["ledger"], chain["format_version"], chain["created_us"]]
    previous = chain_hash(ZEROES, 0, begun)
    if previous.hex() != chain["genesis"]:
        raise BrokenPacketError("chain.json", "the beginning of the book is not what its hash says")
    heads = {each["position"]: each["hash"] for each in chain["heads"]}
    position, in_part = 0, Counter[str]()
    for line in members.lines("events.jsonl"):
        position += 1
        where = f"events.jsonl, line {position}"
        row = read_json(line, where)
        if row["book"] != chain["book"] or row["position"] != position:
            raise BrokenPacketError(where, "an event is missing, or stands in another place or book")
        if LEFT_OUT in row:
            if not redacted or not any(word in line.decode("utf-8") for word in GONE_WORDS):
                raise BrokenPacketError(where, "is told as shown in part, and no address was left out of it")
            in_part[row["kind"]] += 1
        elif rehashed(row, previous) != row["hash"]:
            raise BrokenPacketError(where, f"event {short(row['id'])} is not what was recorded: its hash is another")
        previous = bytes.fromhex(row["hash"])
        if len(previous) != len(ZEROES):
            raise BrokenPacketError(where, "its hash is none")
        if heads.pop(position, row["hash"]) != row["hash"]:
            raise BrokenPacketError(where, "a return was filed on another log: the head told then is another here")
        told = read_json(row["payload"].encode("utf-8"), where)
        if told.get("kind") != row["kind"] or (told.get("id") != row["id"]):
            raise BrokenPacketError(where, "the payload is of another event than the columns beside it")
        row["told"] = told
        yield row
    if (position, previous.hex()) != (chain["position"], chain["head"]) and position:
        raise BrokenPacketError("chain.json", f"the log ends at position {position} with {previous.hex()}, and the "
                                f"head is told as {chain['position']}, {short(chain['head'])}")  # fmt: skip
    report.holds(f"each of {position} events follows from the one before it, hash by hash, to the head "
                 f"{chain['head']}.")  # fmt: skip
    if in_part:
        kinds = ", ".join(f"{count} {short(kind)}" for kind, count in sorted(in_part.items()))
        report.note(
            f"{sum(in_part.values())} events are shown in part, since addresses were left out ({kinds}): their hashes "
            "hold the chain together, but what they still show, amounts too, is the packet's word. Ask for a packet "
            "of the same head with addresses where that matters."
        )


def check_head(chain: Told, wanted: str | None, report: Report) -> None:
    """Hold the head against the one that the reader has from elsewhere, or say why one should."""
    head = chain["head"]
    if wanted is None:
        report.note(
            "no head was given to compare with. Whoever makes up a whole packet, with events, hashes and manifest "
            "that fit, is found by the head alone: get it from the taxpayer by another way (`lotwork head`, a letter, "
            f"an earlier packet), and verify again with --head HASH. This packet's head is {head}."
        )
    elif wanted.strip().lower() == head:
        report.holds("the head is the one you gave: these are the events of that very log.")
    else:
        report.wrong("chain.json, head", f"is {head}, and you gave {short(wanted)}: this is not the log you know of")
