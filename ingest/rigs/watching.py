"""A rig as a source: asked what it draws, and told of by the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from lotwork.ingest.ports import NOTHING, Page
from lotwork.ingest.rigs.answer import Look
from lotwork.ingest.rigs.estimating import Estimator, Standing
from lotwork.ingest.rigs.settings import RigSection
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError

if TYPE_CHECKING:
    from lotwork.ingest.context import Policy


@dataclass(kw_only=True)
class RigSource:
    """One rig; *read* asks it, and raises as `ReceiptSource.fetch_since` does."""

    section: RigSection
    read: Callable[[], Look]
    clock: Clock
    policy: Policy

    @property
    def name(self) -> str:
        """The source's own name."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its estimates belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the days that are over since the last look.

        Raises SourceRefusedError where another device answers than the one that was asked before.
        """
        before = self._standing(cursor)
        look = self.read()
        if before is not None and before.rig and look.rig != before.rig:
            raise SourceRefusedError(
                f"{self.name}: another device answers at this address than before, or it does not say which it is: "
                f"{NOTHING}; give the rig a fixed address, or add the other one as a source of its own"
            )
        estimator = Estimator(
            source=self.name,
            rig=self.section.rig or self.name,
            meter=self.section.meter,
            calendar=self.policy.calendar,
        )
        after, days = estimator.step(before, look, self.clock.now())
        return Page(events=tuple(days), cursor=msgspec.json.encode(after).decode())

    def _standing(self, cursor: str | None) -> Standing | None:
        try:
            return None if cursor is None else msgspec.json.decode(cursor, type=Standing)
        except msgspec.MsgspecError:
            raise SourceRefusedError(
                f"{self.name}: its cursor cannot be read: {NOTHING}; take the source out and add it under another name"
            ) from None
