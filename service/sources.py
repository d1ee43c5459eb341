"""From settings to sources: each section of the file becomes the reader it describes.

Only what is configured is imported: a home with no EVM node never loads web3. Building asks no network; a source that
cannot work by its settings alone is refused here, with ConfigError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TypeAlias

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.quarantine import Quarantine
from lotwork.ingest.ports import PriceSource, ReceiptSource
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.service.settings import BitcoinNode, EvmNode, Files, Ocean, Prices, Settings

Reveal: TypeAlias = Callable[[str | None, str | None], str | None]
"""Returns the secret of a (reference, file) pair of settings; None where there is neither."""
Section: TypeAlias = BitcoinNode | EvmNode | Ocean | Files


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What every source is built with."""

    home: Path
    log: EventLog
    clock: Clock
    reveal: Reveal
    pace: Pace
    secrets: tuple[str, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """Return where raw answers are kept."""
        return Evidence(self.home)

    @property
    def quarantine(self) -> Quarantine:
        """Return where refused answers are kept, free of secrets."""
        return Quarantine(self.home, secrets=self.secrets)


@dataclass(frozen=True, slots=True)
class Watched:
    """A source, and the section it was built from."""

    section: Section
    source: ReceiptSource

    @property
    def name(self) -> tuple[str, str]:
        """Return (book, source), under which its cursor stands."""
        return self.section.book, self.section.name


def watched(settings: Settings, around: Surroundings) -> tuple[Watched, ...]:
    """Return every configured source."""
    return tuple(Watched(section, build(section, around)) for section in settings.sources.all())


def build(section: Section, around: Surroundings) -> ReceiptSource:
    """Return the source that *section* describes."""
    match section:
        case BitcoinNode():
            return bitcoin_node(section, around)
        case EvmNode():
            return evm_node(section, around)
        case Ocean():
            return ocean(section, around)
        case Files():
            return files(section, around)


def bitcoin_node(section: BitcoinNode, around: Surroundings) -> ReceiptSource:
    """Return a node of the Bitcoin family."""
    from lotwork.ingest.bitcoin import node as room  # noqa: PLC0415 - python-bitcoinlib, only where it is used
    from lotwork.ingest.bitcoin.meaning import WatchedWallet  # noqa: PLC0415 - the same

    wallets = tuple(
        WatchedWallet(
            wallet=wallet.wallet,
            addresses=tuple(one for one in wallet.watch if not is_hex(one)),
            scripts=tuple(one for one in wallet.watch if is_hex(one)),
            meaning=wallet.meaning,
            from_wallet=wallet.from_wallet,
            pool=wallet.pool,
        )
        for wallet in section.wallets
    )
    config = room.BitcoinNodeConfig(
        name=section.name,
        book=section.book,
        chain=section.chain,
        url=section.url,
        user=section.user,
        password=around.reveal(section.password, section.password_file) or "",
        wallets=wallets,
        start_height=section.start_height,
        confirmations=section.confirmations,
        timeout_seconds=section.deadline_seconds,
    )
    return room.BitcoinNode(config, around.log, around.clock, evidence=around.evidence)


def is_hex(text: str) -> bool:
    """Return whether *text* is a script in hexadecimal digits; no address is."""
    return len(text) % 2 == 0 and all(digit in "0123456789abcdef" for digit in text.lower())


def evm_node(section: EvmNode, around: Surroundings) -> ReceiptSource:
    """Return a node of an EVM chain."""
    from lotwork.ingest.evm import config as room  # noqa: PLC0415 - only where it is used
    from lotwork.ingest.evm.node import EvmNode as Node  # noqa: PLC0415 - web3 takes most of a second to import

    config = room.EvmNodeConfig(
        name=section.name,
        book=section.book,
        chain_id=section.chain_id,
        url=section.url or around.reveal(None, section.url_file) or "",
        start_height=section.start_height,
        wallets=tuple(
            room.EvmWallet(
                wallet=wallet.wallet,
                addresses=wallet.watch,
                meaning=wallet.meaning,
                from_wallet=wallet.from_wallet,
                pool=wallet.pool,
            )
            for wallet in section.wallets
        ),
        tokens=tuple(
            room.EvmToken(contract=token.contract, asset=token.asset, decimals=token.decimals)
            for token in section.tokens
        ),
        native_asset=section.native_asset,
        finality=section.finality,
        traces=section.traces,
    )
    return Node(config, around.log, around.clock, keep=around.evidence.keep, timeout_seconds=section.deadline_seconds)


def ocean(section: Ocean, around: Surroundings) -> ReceiptSource:
    """Return the pool OCEAN; the policy of recognition is the one the book's profile had in force."""
    from lotwork.ingest.asking.http import BoundedClient, Bounds  # noqa: PLC0415 - httpx2, only where it is used
    from lotwork.ingest.pools.ocean import Ocean as Pool  # noqa: PLC0415 - the same

    client = BoundedClient(
        source=section.name,
        clock=around.clock,
        pace=around.pace,
        allow_private=section.allow_private,
        bounds=Bounds(deadline_seconds=section.deadline_seconds),
        quarantine=around.quarantine,
    )
    policy = Policy(around.log, section.book)
    return Pool(
        client=client,
        evidence=around.evidence,
        address=section.address,
        wallet=section.wallet,
        start=datetime.combine(section.start, time(), tzinfo=UTC),
        recognition=policy.recognition,
        is_void=policy.is_void,
        book=section.book,
        name=section.name,
        base_url=section.base_url,
    )


def files(section: Files, around: Surroundings) -> ReceiptSource:
    """Return a folder of receipts."""
    from lotwork.ingest.sheets.column_map import load_map, presets  # noqa: PLC0415 - only where it is used
    from lotwork.service.folder import FolderSource  # noqa: PLC0415 - the same

    given = section.map
    column_map = None
    if given is not None:
        column_map = load_map(
            given if given in presets() else placed(around.home, given),
            {"wallet": section.wallet} if section.wallet else None,
        )
    return FolderSource(
        name=section.name,
        book=section.book,
        folder=placed(around.home, section.folder),
        column_map=column_map,
        log=around.log,
        clock=around.clock,
        evidence=around.evidence,
    )


class Policy:
    """What a book says about an instant, read again when the book has grown."""

    def __init__(self, log: EventLog, book: str) -> None:
        self._log = log
        self._book = book
        self._position = -1

    def _read(self) -> None:
        from lotwork.ledger.history import History  # noqa: PLC0415 - a folder of receipts needs no history
        from lotwork.projections.taxpayer import Taxpayer  # noqa: PLC0415 - the same

        position = self._log.head(self._book).position
        if position != self._position:
            self._history = History.read(self._log, self._book)
            self._taxpayer = Taxpayer.read(self._history)
            self._position = position

    def recognition(self, at: datetime) -> str:
        """Return when income counts by the profile in force at *at*: on_payout or on_credit."""
        self._read()
        return self._taxpayer.standing(self._history.calendar.day(at)).recognition

    def is_void(self, event_id: str) -> bool:
        """Return whether a person voided *event_id*."""
        self._read()
        return event_id in self._history.voided


def price_sources(settings: Prices, around: Surroundings) -> Iterator[PriceSource]:
    """Yield those who know prices, in the order the settings name them."""
    from lotwork.ingest.asking.http import BoundedClient  # noqa: PLC0415 - httpx2, only where prices are fetched
    from lotwork.ingest.prices.coinbase import Coinbase  # noqa: PLC0415 - the same
    from lotwork.ingest.prices.csv_file import CsvPrices  # noqa: PLC0415 - the same
    from lotwork.ingest.prices.kraken import Kraken  # noqa: PLC0415 - the same

    for name in settings.sources:
        client = BoundedClient(
            source=name,
            clock=around.clock,
            pace=around.pace,
            allow_private=settings.allow_private,
            quarantine=around.quarantine,
        )
        if name == "coinbase":
            yield Coinbase(client=client, evidence=around.evidence, base_url=settings.coinbase_url)
        elif name == "kraken":
            yield Kraken(client=client, evidence=around.evidence, base_url=settings.kraken_url)
        elif settings.csv_file is not None:
            yield CsvPrices(path=placed(around.home, settings.csv_file), evidence=around.evidence)


def placed(home: Path, place: str) -> Path:
    """Return the path *place* of the settings names, below *home* unless it says otherwise."""
    try:
        return home / Path(place).expanduser()
    except RuntimeError as nobody:
        raise ConfigError(f"{place}: {nobody}: name the folder in full") from nobody
