"""Accounts at exchanges, declared; how one is read stands in `account`, what each exchange is asked in its own room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.exchanges.section import ExchangeSection
from lotwork.ledger.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.exchanges.account import Account


def build(section: ExchangeSection, context: BuildContext) -> Account:
    """Return the account; what cannot be used is refused here, and ccxt is looked for, not imported."""
    from importlib.util import find_spec  # noqa: PLC0415 - only who asks an exchange

    from lotwork.ingest.exchanges.account import Account  # noqa: PLC0415 - the same
    from lotwork.ingest.exchanges.cursor import claimed_by_others  # noqa: PLC0415 - the same
    from lotwork.ingest.exchanges.houses import HOUSES  # noqa: PLC0415 - the same
    from lotwork.ingest.exchanges.talk import INSTALL  # noqa: PLC0415 - the same
    from lotwork.ingest.profiles.profile import profiles  # noqa: PLC0415 - the same
    from lotwork.ingest.profiles.reading import told_of  # noqa: PLC0415 - the same

    house = HOUSES[section.service]
    if section.name.casefold() in {name for key, one in profiles().items() for name in (key, one.source) if name}:
        raise ConfigError(
            f"{section.name}: an export that is imported is told under that name: call this source "
            f"{section.name}-api, so that what both tell is known as told by two"
        )
    try:
        settings = told_of({"inflow": "held", **section.set})
    except UsageError as wrong:
        raise ConfigError(f"source {section.name}: set: {wrong}") from None
    key, secret = (
        context.reveal(section.key, section.key_file) or "",
        context.reveal(section.secret, section.secret_file) or "",
    )
    for name, value in (("key", key), ("secret", secret)):
        if not value or not value.isprintable():
            raise ConfigError(
                f"{section.name}: {name}: it is empty, or no line of text: put it there, and nothing else"
            )
    if find_spec("ccxt") is None:
        raise ConfigError(f"{section.name}: exchanges are asked through ccxt, which is not here: {INSTALL}")
    return Account(
        section=section,
        house=house,
        key={"apiKey": key, "secret": secret.replace("\\n", "\n")},  # a key in PEM is written as one line
        settings=settings,
        clock=context.clock,
        evidence=context.evidence,
        log=context.log,
        policy=context.policy(section.book),
        pace=context.pace,
        scrub=context.scrub,
        quarantine=context.quarantine,
        claimed=lambda: claimed_by_others(context.log.cursors(section.book), section.name),
        named=context.names_in(section.book),
    )


SOURCE = DeclaredSource(
    kind="exchange",
    word=lambda _section: Word(is_proven=False, says="on the word of the exchange"),
    label="Coinbase, Kraken, Binance.US and Gemini, by their APIs",
    settings=ExchangeSection,
    build=build,
    example="""\
[[sources.exchange]]          # an account at an exchange, by its API
name = "kraken-api"
service = "kraken"            # kraken, coinbase, binanceus or gemini
start = 2026-01-01
key_file = "kraken.key"       # a key that may only read; of Coinbase its name, organizations/…
secret_file = "kraken.secret"  # of Coinbase the private key, in one line as its file has it
""",
    units="coins and dollars in decimals, as text: read exactly, as the rows of the exchange's own export",
    times="seconds, milliseconds or ISO text in UTC: when it was executed, credited or sent",
    docs="""\
It needs the extra: `pip install 'lotwork[exchanges]'`. That brings ccxt, which runs in a process of its own: the key
goes to it over a pipe, it may ask only what reads, and of each answer the raw text comes back, is kept as evidence and
is read strictly ([why](adr/0022-exchanges-in-a-process-of-their-own.md)). Make a key that may only read. One that may
withdraw is refused, where the exchange says what a key may do (all but Binance.US); of one that may trade you are
told.

What a row means is what it means in the exchange's own export: sales, purchases, conversions with both legs, staking
and rewards, withdrawals as movements, fees in a third coin as disposals of their own, dollars left out. Coins that came
in are held as questions (`set = { inflow = "held" }`) until you say what they are; where the chain's transaction is
told, it is compared by that. A row that no rule knows (margin, futures, a word that is new) fails each poll by its
name, and stops no other row, until `set = { skip = "word" }` leaves it out. The coins of one that waits for your word
are a question of the book too (`inflow_doubtful`, `movement_unexplained`) and stop `file`. One of dollars alone, each
that no rule knows, and what an import tells otherwise are in suspense (`in_suspense`) and stop it as well, until
`set`, `pairs` or a correction settles them, or `done = ["its id"]` says that it was recorded by hand.

Once a month all of the account is read again. What is told late comes in, what is told otherwise is corrected, and what
three looks over a day no longer list is void, at any age, by event, and you are told; more than
twenty gone one after the other, or of a quarter of all, are a list that was cut: they stand, and you are asked.

- **Kraken**: the ledger, entry by entry. Its ids are those of the export, of ledgers and of trades: what both an import
  and the API tell is one event. Deposits and withdrawals bring the chain's transaction where the key may query funds.
- **Coinbase**: the wallets' transactions, and the fills of Advanced Trade by their trade id. `size_in_quote` is undone
  by the wallet's own leg; a fill that was reversed or corrected waits for your word. Trades that the wallets tell and
  the list of fills does not, a day later, are questions.
- **Binance.US**: fills of the pairs in `pairs`, and of those between coins that the account shows; deposits,
  withdrawals, distributions, staking, dust, one-click and OTC orders.
- **Gemini**: fills of all pairs under their `Trade ID`, transfers under their transaction, interest of staking: what an
  import and the API both tell is one event. A trade that was broken never was; one reversed by hand, perpetuals and
  prediction markets are refused by name. What was advanced and is complete is one transfer. It needs an account key.

A swap of two coins whose worth in dollars no row tells (all but Coinbase's) is a question, as is a coin that was traded
for euros. A fee below 0, a rebate, makes its trade a question. An amount below 0, a state that nobody knows, a side
that is neither buying nor selling, and a second row of one id that tells something else are refused by their names.

What Coinbase calls a transaction, with the words of its own documentation and those seen beside them:

| Coinbase's words | what it is |
|---|---|
| `buy` | a purchase |
| `sell` `fcm_futures_usdc_sell` `fcm_futures_usdc_sell_additional_encumberment_rollup` | a sale |
| `trade` `advanced_trade_fill` | by both its sides, by its fill: see above |
| `send` `receive` `unsupported_asset_recovery` | coins that came, a question until you say what they are |
| `exchange_withdrawal` `pro_withdrawal` `prime_withdrawal` `intx_withdrawal` | coins that came, a question likewise |
| `exchange_deposit` `pro_deposit` `prime_deposit` `intx_deposit`, and `send` of coins that left | a movement |
| `staking_reward` `inflation_reward` | income of staking |
| `interest` `earn_payout` `learning_reward` `incentives_rewards_payout` `reward` | other income |
| `cardspend` `subscription` `admin_debit` | coins that were spent |
| `retail_simple_dust` | a sale of what left; what came, a question |
| `staking_transfer` `unstaking_transfer` `transfer` `vault_withdrawal` | left out: coins moved within Coinbase |
| `fiat_deposit` `fiat_withdrawal` | left out: dollars |
| `wrap_asset` `unwrap_asset` `retail_eth2_deprecation` `retail_instant_unstaking` | asked about, its coins a question |
| `clawback` `incentives_shared_clawback` `request` `tx` | asked about, its coins a question |
| `subscription_rebate` `cardbuyback` `retail_simple_price_improvement` | asked about, its coins a question |
| `derivatives_settlement`, and any word that is not here | refused by its name |

Coins that go the other way than their word says (a sale that brings coins, a reward that takes them) are asked about,
and so are income in dollars, what was paid in another money than dollars, and a conversion that has not two sides.

What Binance.US tells, by its lists and their states:

| its words | what it is |
|---|---|
| deposit 1 and 6, withdrawal 6 | coins that came, a question; a movement with its fee |
| deposit 0 and 8, withdrawal 0, 2 and 4 | not over yet: waited for |
| deposit 2 and 7, withdrawal 1, 3 and 5 | never happened |
| distribution `Staking Rewards`; the list of staking | income of staking, once where both tell it |
| distribution `Referral Commission` | other income |
| distribution `airdrop` `Others` | an airdrop |
| distribution `Market Maker Rebate` `MM Streaks Rebate` `API Partner Rebate` | asked about, its coins a question |
| any other distribution | refused by its name |

The exports of Coinbase and Binance.US have other ids than their APIs. What both tell is one event all the same where
nothing is doubtful, whichever came first: the same wallet and second, the same coins to the last unit, the same fee,
and dollars as near as the digits of both explain; as many on each side where several are alike. An order in one row and
its fills are one where these come within a minute of it and sum to it exactly. All else is asked about (`likely_twins`,
`told_in_parts`), with the commands that answer it: another sum or fee, more rows on one side, a conversion whose spread
the export alone tells. What an export says more, the dollars of a fee in a third coin or of a reward, is shown at the
import and recorded by `--revise`. Give both one `wallet`. What both told and the API tells otherwise later is corrected
by event; what it no longer lists stands, and is asked about (`in_suspense`).
""",
    cannot_see="""\
other portfolios and sub-accounts (each has a key and a source of its own), positions in margin and futures, and what
the coins that came in are; dollars that came, went or were earned, which are no coins: income in dollars is named at
each poll and in no figure. An API may list less than the account's whole past (of Gemini's transfers users tell of
some eight months): import the export of the time before. Binance.US does not say what a key may do, nor lists pairs
that were traded and whose coins the account never shows: name those in `pairs`. Gemini does not list advances that
were cancelled nor wires that came back, and a crypto transfer is read a day late where its transaction is not told;
rewards come as coins not explained.
""",
)
