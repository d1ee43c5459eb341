"""Making the source of an account: the one call that every declared pool ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.asking.question import Sign, unsigned
from lotwork.ingest.pools.settings import AccountSection
from lotwork.ingest.pools.told import Reader
from lotwork.ledger.errors import ConfigError

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool


def pool_of(
    section: AccountSection,
    context: BuildContext,
    reader: Reader,
    *,
    sign: Sign = unsigned,
    gap_seconds: float | None = None,
) -> Pool:
    """Return the source that reads the account of *section* by *reader*, each question signed by *sign*."""
    from lotwork.ingest.pools.frame import Pool  # noqa: PLC0415 - only where a pool is asked

    if reader.credits and section.wallet.casefold() == reader.pool:
        raise ConfigError(f"{section.name}: the payout wallet and the wallet at the pool are both {section.wallet!r}")
    client = context.client(
        section.name,
        allow_private=section.allow_private,
        deadline_seconds=section.deadline_seconds,
        sign=sign,
        gap_seconds=gap_seconds,
    )
    return Pool(
        section=section,
        reader=reader,
        client=client,
        evidence=context.evidence,
        log=context.log,
        policy=context.policy(section.book),
        named=context.names_in(section.book),
    )
