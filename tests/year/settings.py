"""The miner's config.toml."""

from __future__ import annotations

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.year.chain import address_of

KEY = "made-up-key-0123456789"
OBSERVED = 'observe = ["hashrate"]'
START = "start = 2025-12-20"
KEYED = ('wallet = "cold"', START, 'key_file = "pool.key"')
PRICES = (
    "[prices]",
    'sources = ["coinbase", "csv"]',
    'csv_file = "namecoin.csv"',
    "allow_private = true",
    "cross_check = false",
)
WALLETS = {
    "cold": ('meaning = "pool_payout"',),
    "savings": ('meaning = "pool_payout"', 'pool = "ocean"'),
    "solo": ('meaning = "block_reward"',),
}


def a_key() -> str:
    """Return a private key of Coinbase's kind, in one line."""
    made = ec.generate_private_key(ec.SECP256R1())
    told = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return told.strip().replace("\n", "\\n")


def secrets_of() -> dict[str, str]:
    """Return the files of secrets, by name."""
    return {
        "pool.key": KEY, "pool.secret": KEY, "kraken.key": KEY, "kraken.secret": b64encode(KEY.encode()).decode(),
        "coinbase.key": "organizations/00000000/apiKeys/11111111", "coinbase.secret": a_key(),
    }  # fmt: skip


def settings_of(url: str, *, by_export: bool) -> str:
    """Return the settings of a miner whose services all answer at *url*."""

    def table(kind: str, name: str, *lines: str, key: str = "base_url") -> str:
        path = "phoenixd" if name == "phoenix" else name
        head = (
            f"[[sources.{kind}]]",
            f'name = "{name}"',
            f'{key} = "{url}/{path}"',
            "allow_private = true",
        )
        return "\n".join((*head, *lines)) + "\n"

    secret = ('account = "org"', START, 'key_file = "pool.key"', 'api_secret_file = "pool.secret"')
    tables = [
        "\n".join((*PRICES, f'coinbase_url = "{url}/market"', "")),
        table("ocean", "ocean", 'wallet = "savings"', START, f'address = "{address_of("savings")}"'),
        table("address_pool", "2miners", 'service = "2miners"', 'coin = "ETC"', 'wallet = "hot"', START,
              'address = "0x00000000219ab540356cBB839Cbe05303d7705Fa"'),
        table("lightning_node", "phoenix", 'service = "phoenixd"', 'pool = "ocean"', 'contains = "ocean"',
              'wallet = "lightning"', START, 'key_file = "pool.key"'),
        table("solo_pool", "ckpool", 'service = "ckpool"', 'wallet = "solo"', START,
              f'address = "{address_of("solo")}"'),
        table("esplora", "esplora", 'chain = "bitcoin-regtest"', "gap_seconds = 0", key="url"),
    ]  # fmt: skip
    barn = ('component = "em1"', 'meter = "barn"', "start = 2026-12-18")
    tables.insert(1, table("shelly", "barn", *barn))
    tables.insert(1, table("difficulty", "difficulty", START))
    if not by_export:
        for house, giver in (("coinbase", "cold"), ("kraken", "nicehash")):
            keys = (f'service = "{house}"', f'key_file = "{house}.key"', f'secret_file = "{house}.secret"')
            told = f'set = {{ inflow = "transfer", from_wallet = "{giver}" }}'
            tables.insert(1, table("exchange", f"{house}-api", *keys, START, told))
        tables.insert(1, table("braiins", "braiins", OBSERVED, 'lightning_wallet = "lightning"', *KEYED))
        tables.insert(1, table("viabtc", "viabtc", 'coins = ["BTC", "NMC"]', *KEYED))
        tables.insert(1, table("nicehash", "nicehash", *secret))
    for wallet, meaning in WALLETS.items():
        lines = (f'wallet = "{wallet}"', f'watch = ["{address_of(wallet)}"]', *meaning)
        tables.append("\n".join(("  [[sources.esplora.wallets]]", *(f"  {line}" for line in lines))) + "\n")
    return "\n".join(tables)
