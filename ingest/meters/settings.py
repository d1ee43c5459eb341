"""What a user says about any meter."""

from __future__ import annotations

from lotwork.ingest.sections import Label, Name, Seconds, Secret, SecretFile, Section, check_url, one_of
from lotwork.ledger.public_form.parse_words import parse_share
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import AmountError

MOST_KW = 50
"""What a meter of one rig or a few draws at most; a farm says more."""


SELDOM = 1800
"""A counter that is read more seldom tells no hours."""


class MeterSection(Section, frozen=True, kw_only=True):
    """What the table of every meter has."""

    name: Name
    meter: Label
    """The name that its readings and its tariffs bear."""
    book: Name = MAIN_BOOK
    business_share: str = "1"
    most_kw: int = MOST_KW
    """More than this was never drawn: it is another unit, or another meter."""
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        try:
            parse_share(self.business_share)
        except AmountError as wrong:
            raise ValueError(f"business_share: {wrong}") from None
        if self.most_kw < 1:
            raise ValueError("most_kw is below 1: say what the meter may draw at most, in kW")


class CounterSection(MeterSection, frozen=True, kw_only=True):
    """The table of a device that tells where its counter stands, and nothing of what was before."""

    every_seconds: Seconds = 900
    wraps_at_kwh: int | None = None
    """Where the counter begins anew at 0 by itself; left out: never."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.every_seconds > SELDOM:
            raise ValueError(
                f"every_seconds is above {SELDOM}: a counter is read twice an hour at least, or no hour is"
            )
        if self.wraps_at_kwh is not None and self.wraps_at_kwh < 1:
            raise ValueError("wraps_at_kwh is below 1: say after how many kWh the counter begins anew, or leave it out")


class AskedSection(CounterSection, frozen=True, kw_only=True):
    """The table of a device that is asked over HTTP, and with which password."""

    base_url: str
    allow_private: bool = True
    password: Secret | None = None
    password_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_url(self.base_url, "base_url")
        one_of("password", self.password, self.password_file)
