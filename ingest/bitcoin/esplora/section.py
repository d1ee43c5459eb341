"""`[[sources.esplora]]`: an Esplora."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from lotwork.ingest.bitcoin.index.section import IndexSection
from lotwork.ingest.sections import check_url


class EsploraSection(IndexSection, frozen=True, kw_only=True):
    """An Esplora of one's own, or a public one (blockstream.info, mempool.space)."""

    allow_private: bool = False
    """Whether http and private addresses may be asked: for one of one's own."""
    paging: Literal["chain", "after_txid"] = "chain"
    """How further transactions are asked for: `/txs/chain/LAST`, or `/txs?after_txid=LAST` where only that is known."""
    gap_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None
    """Seconds between two questions; one where nothing is said."""
    every_seconds: Annotated[int, msgspec.Meta(ge=1, le=7 * 86_400)] = 600

    def __post_init__(self) -> None:
        check_url(self.url, "url")
        if self.second_url is not None:
            check_url(self.second_url, "second_url")
