"""What a table of config.toml is made of: its base, the types of its keys, and the checks that every table shares.

A secret never stands in the file. A key of type `Secret` holds a reference (`file:PATH`, `env:NAME`, `credential:NAME`,
`keyring:NAME`), one of type `SecretFile` is short for `file:`; by these types, and nothing else, it is known which
secrets the settings name, so that logs and kept files can be freed of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias, get_args
from urllib.parse import urlsplit

import msgspec

from lotwork.ledger.events import Meaning

REFERENCE, IN_FILE = "reference", "file"
Secret: TypeAlias = Annotated[str, msgspec.Meta(extra={"secret": REFERENCE})]
SecretFile: TypeAlias = Annotated[str, msgspec.Meta(extra={"secret": IN_FILE})]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=7 * 86_400)]
KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and places that lead to a value of config.toml."""

Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]

Label: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+$")
]
"""A name of the taxpayer's own choosing, in any letters that are seen."""

NEEDS_GIVER = (
    "from_wallet goes with the meaning `transfer`, and must then be there: name the wallet its coins come from"
)
"""What is wrong with a wallet that does not name its giver as it must."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; an unknown key is an error."""


class WalletSection(Section, frozen=True, kw_only=True):
    """A wallet of a chain: its addresses (or, in hex, scripts), and what a stranger's payment to it means."""

    wallet: Label
    watch: tuple[str, ...]
    meaning: Meaning = "pool_payout"
    from_wallet: Label | None = None
    """Where the meaning is `transfer`: the taxpayer's own wallet, watched by nobody, that the coins come from."""
    pool: Label | None = None
    """Where the meaning is `pool_payout`: the pool that pays."""

    @property
    def names_its_giver(self) -> bool:
        """Return whether from_wallet is there where the meaning is `transfer`, and only there."""
        return (self.meaning == "transfer") == (self.from_wallet is not None)


def check_url(url: str, key: str) -> None:
    """Raise ValueError where *url* is no http address, or carries a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'{key} is not an http address: write it like "http://127.0.0.1:8332"')
    if parts.password or parts.username:
        raise ValueError(f"{key} holds a user or a password: move them to `user` and `password_file`")


def one_of(key: str, value: str | None, file: str | None, *, needed: bool = False) -> None:
    """Raise ValueError where both *key* and *key*_file are given, or neither where one is needed."""
    if value is not None and file is not None:
        raise ValueError(f"{key} and {key}_file are both given: keep one")
    if needed and value is None and file is None:
        raise ValueError(f"neither {key} nor {key}_file is given: add one")


def references(section: msgspec.Struct, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield each reference to a secret in *section*, or in a table of it, with its path; *path* is the section's."""
    for field in msgspec.structs.fields(section):
        key, value = (*path, field.name), getattr(section, field.name)
        values = {(*key, at): one for at, one in enumerate(value)} if isinstance(value, tuple) else {key: value}
        for at, one in values.items():
            if isinstance(one, msgspec.Struct):
                yield from references(one, at)
            elif one is not None and (form := secret_form(field.type)):
                yield at, one if form == REFERENCE else f"file:{one}"


def addresses(section: msgspec.Struct) -> Iterator[str]:
    """Yield each address (`http://…`) that stands in *section* or in a table of it."""
    for name in section.__struct_fields__:
        value = getattr(section, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, msgspec.Struct):
                yield from addresses(one)
            elif isinstance(one, str) and "://" in one:
                yield one


def secret_form(kind: Any) -> str | None:
    """Return how a key of this type names a secret, by reference or by file; None where it holds none."""
    for one in (kind, *get_args(kind)):
        for meta in getattr(one, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.extra and "secret" in meta.extra:
                return str(meta.extra["secret"])
    return None
