"""An Electrum server, declared; what is read through it stands in `ingest.bitcoin.index`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.index.word import IN_DOCS, UNSEEN, word
from lotwork.ingest.declaration import DeclaredSource

if TYPE_CHECKING:
    from lotwork.ingest.bitcoin.index.asked import Index
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


def build(section: ElectrumSection, context: BuildContext) -> ReceiptSource:
    """Return the watch that *section* describes."""
    from lotwork.ingest.asking.patience import Deadline, patient  # noqa: PLC0415 - only where it is used
    from lotwork.ingest.bitcoin.electrum.line import Line, check_electrum_url, tls_of  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.electrum.server import ElectrumServer  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.index.asked import agreeing  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.index.watch import PAGE_SECONDS, IndexWatch  # noqa: PLC0415 - the same

    urls = [url for url in (section.url, section.second_url) if url is not None]
    secure = any([check_electrum_url(url)[2] for url in urls])  # noqa: C419 - each is checked
    pinned = None if section.certificate is None else context.placed(section.certificate)
    tls = tls_of(pinned) if secure else None

    def connect() -> Index:
        deadline = Deadline(context.clock, section.deadline_seconds + PAGE_SECONDS)
        servers: list[Index] = [
            patient(ElectrumServer(Line(url, deadline=deadline, tls=tls)), context.clock, deadline) for url in urls
        ]
        return agreeing(servers, f"server {section.name!r}")

    return IndexWatch(section, context.log, context.clock, connect, evidence=context.evidence)


SOURCE = DeclaredSource(
    kind="electrum",
    word=word,
    label="An Electrum server",
    settings=ElectrumSection,
    build=build,
    example="""\
[[sources.electrum]]          # ElectrumX, electrs or Fulcrum: no node of your own is needed
name = "electrum"
chain = "bitcoin"
url = "ssl://electrum.example.org:50002"    # or "tcp://192.168.1.9:50001" on your own network
# certificate = "electrum.pem"         # where the server has signed its own
# second_url = "ssl://other.example.org:50002"   # must tell the same histories
  [[sources.electrum.wallets]]
  wallet = "cold"
  watch = ["zpub..."]         # an xpub, ypub or zpub, a descriptor, addresses, scripts
  meaning = "pool_payout"
""",
    units="whole satoshis, read from the transactions themselves",
    times="seconds since 1970 in UTC: the time of the block",
    docs=f"""\
A server that lists the transactions of a script, over TLS, or plain on your own network (`tcp://`; to a public address
it is refused). Watches what a node does, and tells the same events.

{IN_DOCS}
""",
    cannot_see=UNSEEN,
)
