"""What is paid month after month, declared: rent, internet, a place in a rack, a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.recurring.section import RecurringSection
from lotwork.ledger.errors import ConfigError, InputRefusedError

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


def build(section: RecurringSection, context: BuildContext) -> ReceiptSource:
    """Return the source; a rule that cannot be kept, or an amount that is none, is refused here."""
    from lotwork.ingest.recurring.writing import RecurringSource  # noqa: PLC0415 - only where it is used

    rule = section.rule
    fault = rule.fault()
    if fault is not None:
        raise ConfigError(f"source {section.name}: {fault}")
    source = RecurringSource(
        section=section,
        rule=rule,
        log=context.log,
        clock=context.clock,
        policy=context.policy(section.book),
        named=context.names_in(section.book),
    )
    try:
        source.check()
    except InputRefusedError as refused:
        told = "; ".join(f"{each.key}: {each.reason}: {each.remedy}" for each in refused.problems)
        raise ConfigError(f"source {section.name}: {told or refused}") from None
    return source


SOURCE = DeclaredSource(
    kind="recurring",
    word=lambda _section: Word(
        is_proven=False,
        says="on your own word: it writes what is due, and nobody says that it was paid",
        remedy="record the bills themselves, and remove the rule",
    ),
    label="What is paid every month",
    settings=RecurringSection,
    build=build,
    example="""\
[[sources.recurring]]         # rent, internet, a place in a rack, a subscription: an expense each month
name = "garage-rent"
category = "rent"             # the word of an expense, as in docs/schedule-c.md
amount_usd = "850.00"
day = 1                       # of the month; 31 is the last day of a shorter one
start = 2026-01-01            # the first day that may be due
  # [[sources.recurring.changes]]    # another amount, or another day, from a day on
  # start = 2026-07-01
  # amount_usd = "900.00"
""",
    units="dollars in decimals; a bill in other money is recorded as what it cost in dollars when it was paid",
    times="days by the taxpayer's own clock: an event stands at noon of the day it is due, and is written then",
    docs="""\
No service is asked: the rule writes an [`expense`](events.md#expense) for each day that it is due, when that day has
come, never ahead; what fell due while the daemon was off is written at the next poll, all of it. Its id is
`recurring:NAME:DAY`, so that it is written once however often it is asked. A month without a day 31 (30, 29) is due on
its last day. `every_months = 3` (2, 4, 6, 12) is a quarter, counted from the first time; `until` is the last day.

- From a day on another amount, or another day of the month, is a table `changes` with its `start`. It holds from then
  on, also of what is written already: that is corrected by event, and you are told. A change, or an `until`, that would
  make a month due twice or not at all is refused.
- The first words of a rule stand: where they are edited so that they say otherwise of what is written, nothing is
  recorded until you say which holds. What was wrong from the beginning is a [correction](corrections.md) of yours,
  after which rule and book agree again. What you corrected or took out yourself stays so.
- Without the rule (`lotwork source remove NAME`) what it wrote stays.
- **The bill comes as well?** Then it is told twice: one of the same amount within five days is asked about
  (`likely_twins`), one of the same category within half a month, of another amount, too (`rule_and_bill`). Void what
  the rule wrote.
- `business_share`, `usage` and `owner` are those of an expense. What is paid for more than a year ahead is no rule:
  record it with `from` and `to`.
""",
    cannot_see="whether it was paid, and what the bill said: it is your word that it was, on that day, in that amount.",
)
