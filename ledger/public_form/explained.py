"""What the keys of an event are for, in words and each with an example: for who writes one by hand.

The words stand in meanings.toml, beside docs/events.md, which tells them at length.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.keys import Key, keys_of

WORDS = Path(__file__).with_name("meanings.toml")
EVERY = "every"
"""The keys of every kind."""
FIRST = "at"
"""The key that an example begins with."""
BY_MEANING: Mapping[str, str] = {
    "any": "1000", "boolean": "true", "coins": "0.01250000", "coins or zero": "0.01250000", "day": "2026-03-01",
    "days": "2026-07-03,2026-09-07", "dependents": "2", "hashrate": "110 TH/s", "hours": "22:00-06:00",
    "instant": "2026-03-01T12:00:00Z", "interval": "1h",
    "legs": '[{"source": "binance", "pair": "KAS/USDT", "price": "0.07", "at": "2026-03-01T12:00:00Z"}]',
    "lots": '[{"lot": "p1", "quantity": "0.01"}]', "mapping": '{"quantity": "0.02"}', "moment": "2026-03-01",
    "months": "12", "names": '["receipt_pending:r1"]', "number": "900", "numbers": "3.2 3.1 0", "persons": "1",
    "price": "93012.55", "season": "jun-sep", "selector": '{"source": "ocean", "from": "2026-03-01"}', "share": "0.9",
    "signed price": "0.0845", "signed usd": "120.50", "state": "GA", "text": "NAME", "usd": "120.50",
    "weekdays": "mon-fri", "whole": "1", "year": "2026", "years": "41", "zone": "America/New_York",
}  # fmt: skip
"""A value, by what its text means."""
EXAMPLES: Mapping[str, str] = {
    "asset": "BTC", "block_hash": "00000000" + "9f" * 28, "bonus": "auto", "broker": "coinbase", "chain": "bitcoin",
    "category": "electricity", "cite": "26 U.S.C. 6654(e)(1)", "decimals": "8", "difficulty": "148000000000000",
    "doubt": "none", "equipment": "S21 no. 4", "evidence": "bill.pdf", "explained": "off for the summer",
    "figure": "us/estimated/penalty_threshold", "from_wallet": "cold", "height": "938000", "id": "power-2026-03",
    "income": "pool_payout", "may_repeat": "none", "meter": "rigs", "no_market": "no market had the coin",
    "note": "March", "party": "Ann", "payee": "Ann", "per_usd": "0.9213", "pool": "ocean", "reason": "read off wrongly",
    "refund_of": "power-2026-03", "rig": "s21-4", "source": "me", "target": "power-2026-03", "to": "2026-04-01",
    "to_asset": "WBTC", "to_wallet": "exchange", "total_kwh": "1200", "txid": "9f" * 32, "usage": "power",
    "wallet": "cold", "merged": '["DOGE"]',
}  # fmt: skip
"""By the name of a key, where what its text means tells too little; of several choices the one to show."""
MORE: Mapping[str, tuple[str, ...]] = {
    "correction": ("target",),
    "hashrate": ("hashrate",),
    "sharing": ("wallet",),
    "usage": ("business_kwh", "total_kwh"),
}
"""By kind, keys of which one of several must be there."""
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_DEFAULT = re.compile(r"\[default: ([\w.]+)\]")
_NEXT_SENTENCE = re.compile(r"(?<=[a-z0-9`)])(?<!Treas)(?<!Rev)\. (?=[A-Z`])")


class Explained(NamedTuple):
    """One key: an example of its value, the words it is limited to, what it says, and whether it must be there."""

    name: str
    example: str
    choices: tuple[str, ...]
    says: str
    required: bool


def explained(kind: str) -> Mapping[str, Explained]:
    """Return the keys of *kind* in words: `at`, what else must be there, its own, and those of every kind."""
    words = _words()
    own, every = words.get(kind, {}), words[EVERY]
    told = [_explained(key, own.get(name) or every.get(name, "")) for name, key in keys_of(kind).items()]
    place = {each.name: (each.name != FIRST, not each.required, each.name in every) for each in told}
    return {each.name: each for each in sorted(told, key=lambda each: place[each.name])}


def says_of(kind: str) -> str:
    """Return what an event of *kind* is, in one sentence."""
    return _first_sentence(" ".join((KINDS[kind].__doc__ or "").partition("\n\n")[0].split()))


def example_of(kind: str) -> Iterator[tuple[str, str]]:
    """Yield key and value of an event of *kind* that says no more than it must."""
    for each in explained(kind).values():
        if each.required or each.name in MORE.get(kind, ()):
            yield each.name, each.example


def _explained(key: Key, says: str) -> Explained:
    default = _DEFAULT.search(says)
    usual = default[1] if default else key.choices[0] if key.choices else BY_MEANING[key.meaning]
    named = EXAMPLES.get(key.name, usual)
    example = named if not key.choices or named in key.choices else usual
    return Explained(key.name, example, key.choices, _first_sentence(_LINK.sub(r"\1", says)), key.required)


def _first_sentence(words: str) -> str:
    first = _NEXT_SENTENCE.split(words)[0]
    return first if first.endswith((".", "]")) else f"{first}."


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))
