"""The chains of the Bitcoin family, and the scripts their addresses stand for.

A node tells outputs by script, so an address is turned into its script once, against the prefixes of the one chain it
must belong to. python-bitcoinlib knows no taproot and keeps its chain in a process-wide variable; embit decodes
base58 and bech32(m) without either, and nothing here depends on what another thread selected.
"""

from __future__ import annotations

from dataclasses import dataclass

from embit import base58, bech32

from lotwork.ingest.bitcoin.keys import refuse_key_as_script, refuse_private
from lotwork.ledger.errors import ConfigError

TAPROOT = 1
HASH_LENGTH = 20
LONGEST_SCRIPT = 10_000
P2PKH_BEGIN, P2PKH_END = b"\x76\xa9\x14", b"\x88\xac"
P2SH_BEGIN, P2SH_END = b"\xa9\x14", b"\x87"
SHORTEST_PROGRAM, LONGEST_PROGRAM = 2, 40
"""The bytes of a witness program (BIP141)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One chain: its coin, the block it begins with, and how its addresses begin."""

    name: str
    asset: str
    genesis: str
    p2pkh: bytes
    p2sh: tuple[bytes, ...]
    hrp: str
    """Empty where it has no witness addresses."""

    @property
    def is_regtest(self) -> bool:
        """Whether blocks are made here at will, so that an old tip says nothing about being behind."""
        return self.name.endswith("-regtest")


CHAINS = {
    chain.name: chain
    for chain in (
        Chain(
            name="bitcoin",
            asset="BTC",
            genesis="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
            p2pkh=b"\x00",
            p2sh=(b"\x05",),
            hrp="bc",
        ),
        Chain(
            name="bitcoin-testnet",
            asset="BTC",
            genesis="000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
            p2pkh=b"\x6f",
            p2sh=(b"\xc4",),
            hrp="tb",
        ),
        Chain(
            name="bitcoin-testnet4",
            asset="BTC",
            genesis="00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
            p2pkh=b"\x6f",
            p2sh=(b"\xc4",),
            hrp="tb",
        ),
        Chain(
            name="bitcoin-signet",
            asset="BTC",
            genesis="00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
            p2pkh=b"\x6f",
            p2sh=(b"\xc4",),
            hrp="tb",
        ),
        Chain(
            name="bitcoin-regtest",
            asset="BTC",
            genesis="0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
            p2pkh=b"\x6f",
            p2sh=(b"\xc4",),
            hrp="bcrt",
        ),
        Chain(
            name="litecoin",
            asset="LTC",
            genesis="12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
            p2pkh=b"\x30",
            p2sh=(b"\x32", b"\x05"),
            hrp="ltc",
        ),
        Chain(
            name="litecoin-testnet",
            asset="LTC",
            genesis="4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
            p2pkh=b"\x6f",
            p2sh=(b"\x3a", b"\xc4"),
            hrp="tltc",
        ),
        Chain(
            name="litecoin-regtest",
            asset="LTC",
            genesis="530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
            p2pkh=b"\x6f",
            p2sh=(b"\x3a", b"\xc4"),
            hrp="rltc",
        ),
        Chain(
            name="dogecoin",
            asset="DOGE",
            genesis="1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
            p2pkh=b"\x1e",
            p2sh=(b"\x16",),
            hrp="",
        ),
    )
}


def chain_named(name: str) -> Chain:
    """Return the chain called *name*; another word is refused with the names there are."""
    try:
        return CHAINS[name]
    except KeyError as unknown:
        raise ConfigError(f"chain {name!r} is not known: say one of {', '.join(CHAINS)}") from unknown


def script_of_address(address: str, chain: Chain) -> bytes:
    """Return the script *address* pays to on *chain*.

    Legacy, P2SH, P2WPKH, P2WSH and taproot; a future witness version is read as BIP350 says. Raises ConfigError for a
    mistyped address, for one that belongs to another chain, and for a private key.
    """
    refuse_private(address)
    hrp, _, _ = address.lower().rpartition("1")
    script = _segwit(address, chain) if chain.hrp and hrp == chain.hrp else _base58(address, chain)
    if script is None:
        known = _home_of(address)
        raise ConfigError(
            f"address {address!r} is not one of {chain.name}: "
            + (
                f"it belongs to {known}; name that chain, or another address"
                if known
                else "check it for a typing mistake"
            )
        )
    return script


def script_of_hex(text: str) -> bytes:
    """Return the script written as hexadecimal digits."""
    try:
        script = bytes.fromhex(text)
    except ValueError:
        script = b""
    if not 0 < len(script) <= LONGEST_SCRIPT:
        raise ConfigError(f"script {text[:80]!r} is no script: write an output's scriptPubKey in hexadecimal digits")
    refuse_key_as_script(script)
    return script


def address_of_script(script: bytes, chain: Chain) -> str:
    """Return the address that *script* pays on *chain*; the script itself in hexadecimal digits where it has none."""
    if script[:3] == P2PKH_BEGIN and script[23:] == P2PKH_END:
        return str(base58.encode_check(chain.p2pkh + script[3:23]))
    if script[:2] == P2SH_BEGIN and script[22:] == P2SH_END:
        return str(base58.encode_check(chain.p2sh[0] + script[2:22]))
    version = _witness_version(script)
    return script.hex() if version is None or not chain.hrp else str(bech32.encode(chain.hrp, version, script[2:]))


def _witness_version(script: bytes) -> int | None:
    """Return the version of the witness program *script* is (BIP141); None where it is none."""
    if not SHORTEST_PROGRAM <= len(script) - 2 <= LONGEST_PROGRAM or script[1] != len(script) - 2:
        return None
    version = script[0] and script[0] - 0x50
    return version if 0 <= version <= 16 else None  # noqa: PLR2004 - OP_0 to OP_16


def _home_of(address: str) -> str | None:
    """Return the chains *address* is well formed on, in words; None where there is none."""
    homes = [chain.name for chain in CHAINS.values() if (_segwit(address, chain) or _base58(address, chain))]
    return " or ".join(homes) or None


def _segwit(address: str, chain: Chain) -> bytes | None:
    if not chain.hrp:
        return None
    version, program = bech32.decode(chain.hrp, address)
    if version is None or (version == TAPROOT and len(program) != 32):  # noqa: PLR2004 - BIP341: 32 bytes
        return None
    opcode = 0x50 + version if version else 0
    return bytes([opcode, len(program), *program])


def _base58(address: str, chain: Chain) -> bytes | None:
    try:
        decoded: bytes = base58.decode_check(address)
    except (ValueError, IndexError):
        return None
    prefix, digest = decoded[:1], decoded[1:]
    if len(digest) != HASH_LENGTH:
        return None
    if prefix == chain.p2pkh:
        return P2PKH_BEGIN + digest + P2PKH_END
    if prefix in chain.p2sh:
        return P2SH_BEGIN + digest + P2SH_END
    return None
