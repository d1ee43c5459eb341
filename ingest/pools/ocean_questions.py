"""What OCEAN is asked in one look: earnings and payouts of a span, the report of a month, and what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from lotwork.ingest.pools.fields import AnswerRefusedError
from lotwork.ingest.pools.ocean_answers import (
    Earning,
    Earnpay,
    MonthRow,
    read_earnpay,
    read_month,
    read_rate,
    read_unpaid,
)
from lotwork.ingest.pools.ocean_months import Months
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.ports import AHEAD, NOTHING
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient


class OceanQuestions:
    """Asks for one address; all that one look asks has one deadline."""

    def __init__(self, section: OceanSection, client: BoundedClient, months: Months) -> None:
        self._client = client
        self._months = months
        self._base = section.base_url
        self._user = quote(section.address, safe="")
        self._until = client.budget()
        months.begin()

    def earnpay(self, start: datetime, end: datetime) -> tuple[Earnpay, bytes, str]:
        """Return what was earned and paid from *start* to *end*, the answer's bytes, and what messages call it."""
        first, last = int(start.timestamp()), int(end.timestamp())
        item = f"earnings and payouts {start:%Y-%m-%d} to {end:%Y-%m-%d}"
        answer = self._client.get_json(
            f"{self._base}/earnpay/{self._user}/{first}/{last}", item=item, until=self._until
        )
        try:
            told = read_earnpay(answer.value)
            latest = self._client.clock.now() + AHEAD
            if any(at > latest for at in (*(one.at for one in told.earnings), *(one.at for one in told.payouts))):
                raise AnswerRefusedError("it tells of the future")  # noqa: TRY301 - one refusal for all of them
        except AnswerRefusedError as refused:
            raise self._client.refusal(item, str(refused), NOTHING, answer.body) from None
        inside = told._replace(
            earnings=tuple(one for one in told.earnings if start <= one.at <= end),
            payouts=tuple(one for one in told.payouts if start <= one.at <= end),
        )
        return inside, answer.body, item

    def months_of(self, covered: Sequence[Earning]) -> tuple[MonthRow, ...]:
        """Return the monthly reports of the months in which the *covered* blocks were found."""

        def ask(month: str) -> tuple[MonthRow, ...]:
            item = f"earnings report of {month}"
            url = f"{self._base}/monthly_earnings_report/{self._user}/{month}"
            answer = self._client.get_json(url, item=item, until=self._until)
            try:
                return read_month(answer.value)
            except AnswerRefusedError as refused:
                raise self._client.refusal(item, str(refused), NOTHING, answer.body) from None

        return self._months.of(covered, self._client.clock.now(), ask)

    def hashrate(self) -> tuple[Decimal | None, bytes]:
        """Return the mean hashrate of the last 24 hours, and the pool's answer; None where it does not say."""
        url = f"{self._base}/user_hashrate/{self._user}"
        try:
            answer = self._client.get_json(url, item="the hashrate", until=self._until)
            return read_rate(answer.value), answer.body
        except (AnswerRefusedError, SourceRefusedError, SourceUnreachableError):  # all else of the look stands
            return None, b""

    def owed(self) -> tuple[int | None, bytes]:
        """Return the satoshis that the pool says it owes, and its answer; None where it does not say."""
        url = f"{self._base}/statsnap/{self._user}"
        try:
            answer = self._client.get_json(url, item="what it owes", until=self._until)
            return read_unpaid(answer.value), answer.body
        except (AnswerRefusedError, SourceRefusedError, SourceUnreachableError):  # all else of the look stands
            return None, b""
