"""A profile: the face of a file, and what its words mean. One is written as TOML in `known/`, and read strictly."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lotwork.ledger.errors import UsageError

WAYS = ("left out:", "asked:", "refused:")
"""What the meaning of a word begins with where its row is no event, before the reason."""
MEANINGS = frozenset(
    {
        *("buy", "sell", "trade", "own fee", "energy", "convert", "inflow", "outflow", "by sign", "transfer"),
        *("spend", "gift", "donated", "lost", "stolen", "fee", "dollars"),
        *(f"income {kind}" for kind in ("block_reward", "pool_payout", "bonus", "referral", "staking", "other")),
        *("income fork", "income airdrop"),
    }
)


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a header: which column plays which role. {asset} and {money} in a name stand for a ticker."""

    columns: dict[str, str]
    optional: dict[str, str] = {}
    words: dict[str, str] = {}
    """Words that have another meaning in this version than in the others."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file known by its face."""

    title: str
    wallet: str
    """The wallet of its rows that name none; `--wallet` says another."""
    reader: str
    """Which of `readers` turns its rows into deals."""
    layout: str
    """Where its layout is publicly told."""
    forms: tuple[Form, ...]
    words: dict[str, str] = {}
    """What stands in the column of the role `type`, and what it means."""
    done: tuple[str, ...] = ()
    """What stands in the column of the role `status` where it happened."""
    not_done: tuple[str, ...] = ()
    """What stands there where it did not, or not yet: such a row is left out."""
    zone: str | None = None
    """The zone of times that name none; `--set zone=…` says another, and empty it is that of the taxpayer's profile.

    Left out, nothing says which it is: they are read as UTC, and a person is told so.
    """
    times: tuple[str, ...] = ()
    """Formats of times beside ISO 8601, as strptime has them."""
    id: str = ""
    """The id of a row, of its roles in braces; empty where the file has none."""
    asset: str = ""
    """The coin of a file that names none; `--set asset=…` says another."""
    aliases: dict[str, str] = {}
    source: str = ""
    """Who is told to have said it, where two profiles are of one house; else the profile's own name."""
    value: str = "gross"
    """Whether the money of a sale or purchase is told before its fee ("gross"), or with it ("net")."""
    paid_price: bool = False
    """Whether the price beside the coins is the one they were traded at, and no price of the market."""
    pool: str = ""
    ignored: tuple[str, ...] = ()
    """Columns that are there and say nothing of what happened."""
    docs: str = ""
    refused: str = ""
    """Why a file that is known is not read all the same, and what to take in its place."""

    def meanings(self, form: Form) -> dict[str, str]:
        """Return what each word means in a file of *form*, by the word as `fold` has it."""
        return {fold(word): meaning for words in (self.words, form.words) for word, meaning in words.items()}


def fold(word: str) -> str:
    """Return *word* without what spreadsheets and versions change: capitals, and blanks in a row."""
    return " ".join(word.split()).casefold()


@cache
def profiles() -> dict[str, Profile]:
    """Return every profile by its name."""
    folder = files("lotwork.ingest.profiles").joinpath("known")
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            found[entry.name.removesuffix(".toml")] = read_profile(entry.read_text("utf-8"))
    return found


def text_of(name: str) -> str:
    """Return the TOML of the profile *name*, as it is written."""
    return files("lotwork.ingest.profiles").joinpath("known", f"{name}.toml").read_text("utf-8")


def read_profile(text: str) -> Profile:
    """Return the profile that *text* describes. Raises ValueError where it means what nobody knows."""
    made = msgspec.convert(tomllib.loads(text), Profile)
    for meaning in [*made.words.values(), *(each for form in made.forms for each in form.words.values())]:
        if meaning not in MEANINGS and not meaning.startswith(WAYS):
            raise ValueError(f"{made.title}: nobody knows what {meaning!r} is")
    return made


def profile_named(name: str) -> Profile:
    """Return the profile *name*. Raises UsageError where there is none."""
    try:
        return profiles()[name]
    except KeyError:
        raise UsageError(f"there is no profile {name!r}: say one of {', '.join(profiles())}") from None
