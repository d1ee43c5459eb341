"""Rows of addresses that one public key makes: an extended key or an output descriptor, read as its branches.

A wallet gives its key and not its addresses: BIP32 derives as many as are wanted, one after another, in a branch for
what it hands out and one for its change. `xpub`, `ypub` and `zpub` say by their first letters which form of address
they make (SLIP-132); a descriptor says it in words (BIP380 to 386, 389). A plain `xpub` (`tpub`, `Ltub`) says nothing
that wallets keep to, so it is read as every form of a single key: an address too many costs a question, one too few
costs the income it received.

Nothing here can spend: a key that could is refused and never repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from embit import base58

from lotwork.ingest.bitcoin.keys import EXTENDED, PRIVATE, refuse_private
from lotwork.ledger.errors import ConfigError

if TYPE_CHECKING:
    from lotwork.ingest.bitcoin.scripts import Chain

SINGLE = ("pkh({})", "sh(wpkh({}))", "wpkh({})", "tr({})")
"""The forms of address that one key makes."""
PLAIN, NESTED, WITNESS = SINGLE, SINGLE[1:2], SINGLE[2:3]
MAINNET, TESTNETS = "main", "test"
XPUB, TPUB = bytes.fromhex("0488b21e"), bytes.fromhex("043587cf")
VERSIONS: dict[bytes, tuple[str, str | None, tuple[str, ...]]] = {
    XPUB: (MAINNET, None, PLAIN),
    bytes.fromhex("049d7cb2"): (MAINNET, None, NESTED),  # ypub
    bytes.fromhex("04b24746"): (MAINNET, None, WITNESS),  # zpub
    bytes.fromhex("019da462"): (MAINNET, "litecoin", PLAIN),  # Ltub
    bytes.fromhex("01b26ef6"): (MAINNET, "litecoin", NESTED),  # Mtub
    bytes.fromhex("02facafd"): (MAINNET, "dogecoin", PLAIN),  # dgub
    TPUB: (TESTNETS, None, PLAIN),
    bytes.fromhex("044a5262"): (TESTNETS, None, NESTED),  # upub
    bytes.fromhex("045f1cf6"): (TESTNETS, None, WITNESS),  # vpub
    bytes.fromhex("0436f6e1"): (TESTNETS, "litecoin", PLAIN),  # ttub
}
"""What the first four bytes of an extended public key say: its nets, its one coin, and the addresses it makes."""
OF_MANY = frozenset(map(bytes.fromhex, ("0295b43f", "02aa7ed3", "024289ef", "02575483")))
"""Ypub, Zpub, Upub, Vpub: the key of one of several who sign together."""
ACCOUNT_DEPTH = 3
"""The deepest key that has a branch for receiving and one for change below it (BIP44)."""
_DESCRIPTOR = re.compile(r"(addr|raw|pk|pkh|wpkh|sh|wsh|tr|rawtr|combo|multi|sortedmulti)\s*\(")
_READ = re.compile(r"(pk|pkh|wpkh|wsh|combo)\(|tr\([^,{]*\)$|sh\((wpkh|wsh|multi|sortedmulti)\(")
_FIXED = re.compile(r"(addr|raw)\(([^()]+)\)")
WITHOUT_WITNESS = re.compile(r"pkh\(|sh\((multi|sortedmulti)\(")
RECEIVE_AND_CHANGE = "<0;1>/*"


class Row:
    """One branch of addresses, each a number from 0 on; or the single one that a descriptor without `*` makes."""

    def __init__(self, wallet: str, form: str, derive: Callable[[int], bytes], *, endless: bool) -> None:
        self.wallet = wallet
        self.name = hashlib.sha256(form.encode()).hexdigest()[:16]
        self.form = form
        """What it is, keys and all, as it may be shown to its owner."""
        self.endless = endless
        self._derive = derive
        self._scripts: list[bytes] = []

    def scripts(self, count: int) -> list[bytes]:
        """Return the first *count* scripts."""
        count = count if self.endless else min(count, 1)
        while len(self._scripts) < count:
            self._scripts.append(self._derive(len(self._scripts)))
        return self._scripts[:count]


def is_derived(text: str) -> bool:
    """Say if *text* is an extended key or a descriptor, and so no address."""
    return _DESCRIPTOR.match(text.strip()) is not None or EXTENDED.search(text) is not None


def fixed_in(text: str) -> tuple[str, str] | None:
    """Return ("addr" or "raw", what stands in it) of a descriptor of one address or script; None of any other."""
    found = _FIXED.fullmatch(_without_checksum(text.strip()))
    return (found[1], found[2].strip()) if found else None


def rows_of(text: str, wallet: str, chain: Chain) -> Iterator[Row]:
    """Yield the rows that *text*, an extended public key or a descriptor, makes on *chain* for *wallet*.

    Raises ConfigError for a private key, a key of another chain, and a form that is not read.
    """
    refuse_private(text)
    text = text.strip()
    if _DESCRIPTOR.match(text):
        yield from _of_descriptor(text, wallet, chain)
        return
    key, forms, depth = _public(text, chain)
    if depth > ACCOUNT_DEPTH:
        raise ConfigError(
            f"{_short(text)}: this key is of depth {depth}, below its account: say by a descriptor what it makes, "
            "like wpkh(KEY/*)"
        )
    for form in forms:
        if chain.hrp or WITHOUT_WITNESS.match(form):
            yield from _branches(form.format(f"{key}/{RECEIVE_AND_CHANGE}"), wallet, text)


def _of_descriptor(text: str, wallet: str, chain: Chain) -> Iterator[Row]:
    bare = _without_checksum(text).replace(" ", "")
    if not _READ.match(bare):
        raise ConfigError(
            f"{_short(text)}: this form of descriptor is not read: pk, pkh, wpkh, sh(wpkh), combo, wsh, sh of multi or "
            "sortedmulti, tr of a key, addr and raw are"
        )
    for found in sorted(set(EXTENDED.findall(bare))):
        bare = bare.replace(found, _public(found, chain, in_descriptor=True)[0])
    inner = bare.partition("(")[2][:-1]
    forms = [bare]
    if bare.startswith("pk("):
        forms = [f"pkh({inner})"]  # an address is paid by its key as well
    if bare.startswith("combo("):
        forms = [form.format(inner) for form in SINGLE[:3] if chain.hrp or form.startswith("pkh")]
    for form in forms:
        if not chain.hrp and not WITHOUT_WITNESS.match(form):
            raise ConfigError(f"{_short(text)}: {chain.name} has no witness addresses: pkh or sh of multi are its own")
        yield from _branches(form, wallet, text)


def _branches(form: str, wallet: str, text: str) -> Iterator[Row]:
    """Yield a row for each branch of a descriptor whose keys embit reads."""
    from embit.base import EmbitError  # noqa: PLC0415 - only a wallet's key needs it
    from embit.descriptor import Descriptor  # noqa: PLC0415 - the same

    try:
        read = Descriptor.from_string(form)
        if any(key.is_private for key in read.keys):
            raise ConfigError(PRIVATE)
        count, endless = read.num_branches, read.is_wildcard
        for branch in range(count):
            script = _deriving(read, branch)
            script(0)
            yield Row(wallet, f"{form} {branch}", script, endless=endless)
    except (EmbitError, ValueError, IndexError, AssertionError, KeyError, TypeError, AttributeError) as odd:
        raise ConfigError(
            f"{_short(text)}: it cannot be read: check it for a typing mistake, and for a step that a public key "
            "cannot make (0h, *h)"
        ) from odd


def _deriving(read: Any, branch: int) -> Callable[[int], bytes]:
    return lambda index: bytes(read.derive(index, branch_index=branch).script_pubkey().data)


def _public(text: str, chain: Chain, *, in_descriptor: bool = False) -> tuple[str, tuple[str, ...], int]:
    """Return an extended public key as an xpub, the forms of address it makes, and its depth."""
    try:
        decoded: bytes = base58.decode_check(text)
    except (ValueError, IndexError):
        decoded = b""
    if len(decoded) != 78:  # noqa: PLR2004 - BIP32
        raise ConfigError(f"{_short(text)}: it cannot be read: check it for a typing mistake")
    version = decoded[:4]
    if version in OF_MANY and not in_descriptor:
        raise ConfigError(
            f"{_short(text)}: one of several keys that sign together: watch the wallet's descriptor, "
            "like wsh(sortedmulti(2,KEY/<0;1>/*,KEY/<0;1>/*))"
        )
    net, coin, forms = VERSIONS.get(version, ("", None, ()))
    if version not in OF_MANY and (net != _net_of(chain) or coin not in (None, chain.name.partition("-")[0])):
        raise ConfigError(f"{_short(text)}: it is a key of another chain than {chain.name}, or of none that is known")
    return str(base58.encode_check(XPUB + decoded[4:])), forms, decoded[4]


def _net_of(chain: Chain) -> str:
    return TESTNETS if "-" in chain.name else MAINNET


def _without_checksum(text: str) -> str:
    """Return a descriptor without its checksum, which must be right where it is there (BIP380)."""
    from embit.base import EmbitError  # noqa: PLC0415 - only a wallet's key needs it
    from embit.descriptor.checksum import checksum  # noqa: PLC0415 - the same

    bare, mark, told = text.partition("#")
    try:
        right = checksum(bare)
    except EmbitError:
        right = ""
    if mark and told.strip() != right:
        raise ConfigError(f"{_short(text)}: its checksum is wrong: check it for a typing mistake")
    return bare


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:40]}…{text[-12:]}")  # noqa: PLR2004 - what a line holds
