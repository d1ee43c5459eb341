"""`[[sources.electrum]]`: an Electrum server."""

from __future__ import annotations

from lotwork.ingest.bitcoin.index.section import IndexSection


class ElectrumSection(IndexSection, frozen=True, kw_only=True):
    """An Electrum server of one's own (ElectrumX, electrs, Fulcrum), or a public one."""

    certificate: str | None = None
    """The certificate that the server shows, in PEM, where no authority has signed it; of the second one too."""

    def __post_init__(self) -> None:
        for key, url in (("url", self.url), ("second_url", self.second_url)):
            if url is not None and not url.startswith(("ssl://", "tcp://")):
                raise ValueError(f'{key}: write it like "ssl://HOST:50002", or "tcp://HOST:50001" on your own network')
