"""Addresses left out of a packet, each in the same word everywhere, so that what refers to one goes on doing so.

What is left out: the keys that hold addresses, in an event or in what a correction sets, and whatever looks like an
address or a key to addresses wherever it stands, in notes, names and ids too. Transaction ids stay: they are what a
receipt is proved by, and a chain's explorer leads from them to addresses. A word shorter than an address stays where it
stands outside those keys, since it may be any word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lotwork.ledger.storage.rows import Row
from lotwork.packet.checks.chain import GONE_WORDS

HOLD_ADDRESSES = ("watch", "payer", "outputs")
"""The keys of events that hold addresses and nothing else."""
LONG_ENOUGH = 20
GONE = GONE_WORDS[0]
BASE58, BECH32 = "[1-9A-HJ-NP-Za-km-z]", "(?i:[02-9ac-hj-np-z])"
LOOKS_LIKE_ONE = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    rf"(?i:[a-z]{{2,16}})1{BECH32}(?:{BECH32}{{2}})?(?: {BECH32}{{4}}){{5,30}}(?: {BECH32}{{1,3}})?"
    rf"|(?i:[a-z]{{2,16}})1{BECH32}{{20,300}}"
    rf"|{BECH32}{{38,120}}"
    r"|(?i:0x[0-9a-f]{40}|0x(?: ?[0-9a-f]{4}){10})"
    r"|[0-9a-fA-F]{40}"
    rf"|(?:[xyztuvXYZTUV]p(?:ub|rv)|[LMt]t(?:ub|pv)|dg(?:ub|pv)|drk[pv]){BASE58}{{80,120}}"
    rf"|{BASE58}{{26,60}}"
    rf"|[48]{BASE58}{{94}}(?:{BASE58}{{11}})?"
    r")(?![0-9A-Za-z])",
    re.ASCII,
)
"""Addresses of the coins that are mined, and extended keys: in bech32 and its kin as written, in capitals, or in groups
of four; with or without the word of the chain; of Ethereum with or without 0x; and in base58. A word that is none and
looks like one goes too."""
PART = re.compile(rf"[0-9A-Za-z]{{{LONG_ENOUGH},}}", re.ASCII)
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+|0x[0-9a-fA-F]{64}", re.ASCII)


class Redaction:
    """Tells of every text what it says without addresses; the same book gives the same words."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._words: dict[str, str] = {}
        told: dict[str, None] = {}
        for row in rows:
            for value in addresses_in(msgspec.json.decode(row.payload)):
                told.update(dict.fromkeys(part.casefold() for part in PART.findall(value)))
        known = sorted(told, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None

    def text(self, content: str) -> str:
        """Return *content* with every address as a word of ours."""
        if self._known is not None:
            content = self._known.sub(lambda found: self._word(found[0]), content)
        return LOOKS_LIKE_ONE.sub(lambda found: found[0] if _is_hash(found[0]) else self._word(found[0]), content)

    def pieces(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a text in UTF-8 without addresses."""
        yield self.text(b"".join(pieces).decode()).encode()

    def row(self, row: Row) -> tuple[Row, bool]:
        """Return *row* as it may be shown, and whether something in it was left out."""
        payload = msgspec.json.decode(row.payload)
        shown = self.text(row.payload)
        if any(True for _ in addresses_in(payload)):
            shown = self.text(msgspec.json.encode(_without(payload), order="sorted").decode())
        name, source = self.text(row.id), None if row.source is None else self.text(row.source)
        if (shown, name, source) == (row.payload, row.id, row.source):
            return row, False
        return row._replace(payload=shown, id=name, source=source), True

    def _word(self, address: str) -> str:
        key = address.casefold()
        return self._words.setdefault(key, f"{GONE_WORDS[1]}{len(self._words) + 1}]")


def addresses_in(payload: dict[str, Any]) -> Iterator[str]:
    """Yield the texts below the keys that hold addresses, in an event or in what a correction sets."""
    setting = payload.get("set")
    for told in (payload, setting if isinstance(setting, dict) else {}):
        for key in HOLD_ADDRESSES:
            value = told.get(key)
            if isinstance(value, str):
                yield value
            elif isinstance(value, list):
                yield from (each for each in value if isinstance(each, str))


def _without(payload: dict[str, Any]) -> dict[str, Any]:
    """Return *payload* with those keys emptied."""
    told: dict[str, Any] = {key: GONE if key in HOLD_ADDRESSES else value for key, value in payload.items()}
    if isinstance(told.get("set"), dict):
        told["set"] = {key: GONE if key in HOLD_ADDRESSES else value for key, value in told["set"].items()}
    return told


def _is_hash(word: str) -> bool:
    """Say whether a word is a digest in hex and no address: a pool's id of a payout may be as long as one."""
    return HEX.fullmatch(word) is not None
