"""Which scripts are watched, and for which wallet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotwork.ingest.bitcoin.scripts import Chain, script_of_address, script_of_hex
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import ConfigError


def watched_scripts(wallets: Iterable[WalletSection], chain: Chain) -> dict[bytes, str]:
    """Return the wallet of each watched script; a script, or a wallet, named twice is refused."""
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
            script = script_of_hex(text) if is_hex(text) else script_of_address(text, chain)
            owner = watched.setdefault(script, wallet.wallet)
            if owner != wallet.wallet:
                raise ConfigError(f"script {script.hex()} is watched for {owner!r} and {wallet.wallet!r}: choose one")
    return watched


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
