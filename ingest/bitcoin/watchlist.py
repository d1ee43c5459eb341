"""Which scripts are watched, and for which wallet: those that are named, and the rows that a key makes.

Of a row as many are watched as `gap` beyond the highest that was ever paid. The highest is remembered for ever in the
cursor, also where its block left the chain: that a wallet has handed an address out is never taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotwork.ingest.bitcoin.derived import Row, fixed_in, is_derived, rows_of
from lotwork.ingest.bitcoin.keys import refuse_private
from lotwork.ingest.bitcoin.scripts import Chain, script_of_address, script_of_hex
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import ConfigError


class Watchlist:
    """What the wallets of a source watch on one chain; *gap* unused addresses are watched beyond the last used one."""

    def __init__(self, wallets: Iterable[WalletSection], chain: Chain, gap: int) -> None:
        wallets = tuple(wallets)
        self._gap = gap
        rows: dict[str, Row] = {}
        for wallet in wallets:
            for text in wallet.watch:
                refuse_private(text)
                if is_derived(text) and fixed_in(text) is None:
                    for row in rows_of(text, wallet.wallet, chain):
                        owner = rows.setdefault(row.name, row).wallet
                        refuse_two_owners(row.scripts(1)[0], owner, row.wallet)
        self._fixed = watched_scripts(wallets, chain)
        self.rows = tuple(rows.values())
        self._places: dict[bytes, tuple[Row, int]] = {}
        self.scripts({})

    def scripts(self, used: Mapping[str, int]) -> dict[bytes, str]:
        """Return the wallet of each script watched, where *used* is the highest index paid of each row, by its name."""
        found = dict(self._fixed)
        for row in self.rows:
            for index, script in enumerate(row.scripts(used.get(row.name, -1) + 1 + self._gap)):
                refuse_two_owners(script, found.setdefault(script, row.wallet), row.wallet)
                self._places[script] = (row, index)
        return found

    def never_paid(self, used: Mapping[str, int]) -> tuple[str, ...]:
        """Return the wallets with a key none of whose addresses was ever paid: perhaps it is another wallet's."""
        paid = {row.wallet for row in self.rows if row.name in used}
        return tuple(dict.fromkeys(row.wallet for row in self.rows if row.endless and row.wallet not in paid))

    def next_unused(self, used: Mapping[str, int]) -> tuple[tuple[str, bytes], ...]:
        """Return (wallet, script) of the address that follows upon the last paid one, of each row in use."""
        rows = ((row, used[row.name] + 1) for row in self.rows if row.endless and row.name in used)
        return tuple((row.wallet, row.scripts(index + 1)[index]) for row, index in rows)

    def note_paid(self, script: bytes, used: dict[str, int]) -> dict[bytes, str]:
        """Note in *used* that *script* was paid; return what is watched from now on and was not before."""
        place = self._places.get(script)
        if place is None or place[1] <= used.get(place[0].name, -1):
            return {}
        row, index = place
        before = used.get(row.name, -1) + 1 + self._gap
        used[row.name] = index
        fresh = row.scripts(index + 1 + self._gap)[before:]
        self._places.update({script: (row, before + number) for number, script in enumerate(fresh)})
        return dict.fromkeys(fresh, row.wallet)


def watched_scripts(wallets: Iterable[WalletSection], chain: Chain) -> dict[bytes, str]:
    """Return the wallet of each script that is named; a script, or a wallet, named twice is refused."""
    watched: dict[bytes, str] = {}
    wallets = tuple(wallets)
    names = [wallet.wallet for wallet in wallets]
    for wallet in wallets:
        if names.count(wallet.wallet) > 1 or wallet.from_wallet in names:
            raise ConfigError(
                f"wallet {wallet.wallet!r}: it is watched twice, or its from_wallet is watched too: name each wallet "
                "once with all its addresses; payments between watched wallets are seen without from_wallet"
            )
        for text in sorted(wallet.watch, key=is_hex):
            form, inner = fixed_in(text) or ("", text)
            if not form and is_derived(text):
                continue
            script = script_of_hex(inner) if is_hex(inner) and form != "addr" else script_of_address(inner, chain)
            refuse_two_owners(script, watched.setdefault(script, wallet.wallet), wallet.wallet)
    return watched


def refuse_two_owners(script: bytes, owner: str, other: str) -> None:
    """Raise ConfigError where *script* is watched for two wallets."""
    if owner != other:
        raise ConfigError(f"script {script.hex()} is watched for {owner!r} and {other!r}: choose one")


def is_hex(text: str) -> bool:
    """Return whether *text* is a script in hexadecimal digits; no address is."""
    return len(text) % 2 == 0 and all(digit in "0123456789abcdef" for digit in text.lower())


def renamed(watched: Mapping[bytes, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the new name of each wallet that is gone, but whose scripts, watched *before*, another name has now."""
    wallets = set(watched.values())
    now = {script.hex(): wallet for script, wallet in watched.items()}
    return {old: now[script] for script, old in sorted(before.items()) if script in now and old not in wallets}


def with_retired(watched: Mapping[bytes, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts to watch, in hexadecimal digits, given those watched *before*.

    A script that is no longer configured stays watched while its wallet is: what it received stays income, and an old
    address can still be paid. To stop, take the wallet out; what it received stays recorded all the same.
    """
    wallets, names = set(watched.values()), renamed(watched, before)
    scripts = {script: names.get(wallet, wallet) for script, wallet in before.items()}
    scripts = {script: wallet for script, wallet in scripts.items() if wallet in wallets}
    scripts.update((script.hex(), wallet) for script, wallet in watched.items())
    return dict(sorted(scripts.items()))
