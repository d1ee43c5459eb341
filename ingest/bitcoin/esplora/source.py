"""An Esplora, declared; what is read through it stands in `ingest.bitcoin.index`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.index.word import IN_DOCS, UNSEEN, word
from lotwork.ingest.declaration import DeclaredSource

if TYPE_CHECKING:
    from lotwork.ingest.bitcoin.index.asked import Index
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


def build(section: EsploraSection, context: BuildContext) -> ReceiptSource:
    """Return the watch that *section* describes."""
    from lotwork.ingest.asking.patience import Deadline, patient  # noqa: PLC0415 - only where it is used
    from lotwork.ingest.bitcoin.esplora.server import EsploraServer  # noqa: PLC0415 - httpx2, only where it is used
    from lotwork.ingest.bitcoin.index.asked import agreeing  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.index.watch import PAGE_SECONDS, IndexWatch  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.scripts import chain_named  # noqa: PLC0415 - the same

    chain = chain_named(section.chain)
    client = context.client(
        section.name,
        allow_private=section.allow_private,
        deadline_seconds=section.deadline_seconds,
        gap_seconds=section.gap_seconds,
    )
    urls = [url for url in (section.url, section.second_url) if url is not None]

    def connect() -> Index:
        patience = Deadline(context.clock, PAGE_SECONDS)
        servers: list[Index] = [
            patient(
                EsploraServer(url, client, chain, after_txid=section.paging == "after_txid"), context.clock, patience
            )
            for url in urls
        ]
        return agreeing(servers, f"server {section.name!r}")

    return IndexWatch(section, context.log, context.clock, connect, evidence=context.evidence)


SOURCE = DeclaredSource(
    kind="esplora",
    word=word,
    label="An Esplora: blockstream.info, mempool.space, or your own",
    settings=EsploraSection,
    build=build,
    example="""\
[[sources.esplora]]           # no node of your own is needed
name = "esplora"
chain = "bitcoin"
url = "https://blockstream.info/api"        # or "https://mempool.space/api", or your own
# second_url = "https://mempool.space/api"  # must tell the same histories
# allow_private = true                      # for your own: http, and an address of your network
  [[sources.esplora.wallets]]
  wallet = "cold"
  watch = ["zpub..."]         # an xpub, ypub or zpub, a descriptor, addresses, scripts
  meaning = "pool_payout"
""",
    units="whole satoshis, read from the transactions themselves",
    times="seconds since 1970 in UTC: the time of the block",
    docs=f"""\
The questions of Blockstream's Esplora, which mempool.space answers too, over https. Watches what a node does, and tells
the same events. One question a second (`gap_seconds`), so that a first reading of 40 addresses with 365 payouts takes
half an hour from a public one; where it refuses with 429, it is left alone for as long as it says. `paging =
"after_txid"` is for a mempool of your own that knows no other way. A plain `xpub` is asked for in four forms, so a
`zpub` or a descriptor asks a quarter.

{IN_DOCS}
""",
    cannot_see=UNSEEN,
)
