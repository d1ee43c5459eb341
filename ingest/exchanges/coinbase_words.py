"""What Coinbase's API calls a transaction, and what that is: a word of the export, or a question by its name.

The words are those of its own documentation (docs.cdp.coinbase.com, Transactions) and those that users were told beside
them. A word that is in neither list is refused by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lotwork.ingest.exchanges.house import DOLLARS_EARNED

CAME, LEFT, EITHER = 1, -1, 0
FILL, TRADE = "advanced_trade_fill", "trade"


class Word(NamedTuple):
    """What the export calls a transaction, which way its coins go, and what a person is asked where no rule says it."""

    said: str
    way: int
    asks: str = ""


_INCOME_BACK = "it takes back what was paid before: void or correct that income, or record what was lost by hand"
WORDS: Mapping[str, Word] = {
    "buy": Word("Buy", CAME), "sell": Word("Sell", LEFT), "fcm_futures_usdc_sell": Word("Sell", LEFT),
    "fcm_futures_usdc_sell_additional_encumberment_rollup": Word("Sell", LEFT),
    "receive": Word("Receive", CAME), "unsupported_asset_recovery": Word("Receive", CAME), "send": Word("Send", EITHER),
    "fiat_deposit": Word("Deposit", EITHER), "fiat_withdrawal": Word("Withdrawal", EITHER),
    "exchange_deposit": Word("Exchange Deposit", LEFT), "exchange_withdrawal": Word("Exchange Withdrawal", CAME),
    "pro_deposit": Word("Pro Deposit", LEFT), "pro_withdrawal": Word("Pro Withdrawal", CAME),
    "prime_deposit": Word("Prime Deposit", LEFT), "prime_withdrawal": Word("Prime Withdrawal", CAME),
    "intx_deposit": Word("Exchange Deposit", LEFT), "intx_withdrawal": Word("Exchange Withdrawal", CAME),
    "staking_reward": Word("Staking Income", CAME), "inflation_reward": Word("Inflation Reward", CAME),
    "interest": Word("Interest Payout", CAME), "earn_payout": Word("Coinbase Earn", CAME),
    "learning_reward": Word("Learning Reward", CAME), "incentives_rewards_payout": Word("Reward Income", CAME),
    "reward": Word("Reward Income", CAME),
    "staking_transfer": Word("Retail Staking Transfer", EITHER),
    "unstaking_transfer": Word("Retail Unstaking Transfer", EITHER),
    "transfer": Word("Transfer", EITHER), "vault_withdrawal": Word("Vault Withdrawal", EITHER),
    "subscription": Word("Subscription", LEFT), "cardspend": Word("Card Spend", LEFT),
    "admin_debit": Word("Admin Debit", LEFT), "subscription_rebate": Word("Subscription Rebate", EITHER),
    "cardbuyback": Word("Card Buy Back", EITHER), "retail_simple_dust": Word("Retail Simple Dust", EITHER),
    "wrap_asset": Word("Asset Migration", EITHER), "unwrap_asset": Word("Asset Migration", EITHER),
    "retail_eth2_deprecation": Word("Retail Eth2 Deprecation", EITHER),
    "clawback": Word("", EITHER, _INCOME_BACK), "incentives_shared_clawback": Word("", EITHER, _INCOME_BACK),
    "request": Word("", EITHER, "someone was asked for it, or asked for it: say what it was for"),
    "tx": Word("", EITHER, "Coinbase does not say what it is"),
    "retail_instant_unstaking": Word("", EITHER, "what was staked came back, less what that cost: record the cost"),
    "retail_simple_price_improvement": Word("", EITHER, "a better price after a trade: correct that trade by it"),
}  # fmt: skip
REFUSED = frozenset({"derivatives_settlement"})
"""Words of futures: each is refused by its name, until the settings leave it out."""
INCOME = frozenset(
    {"staking_reward", "inflation_reward", "interest", "earn_payout", "learning_reward", "incentives_rewards_payout",
     "reward"}
)  # fmt: skip
OTHER_WAY = "its coins go the other way than its word says, as of one that was taken back"
DOLLARS_BESIDE = frozenset(
    {"buy", "sell", TRADE, FILL, "retail_simple_dust", "fcm_futures_usdc_sell",
     "fcm_futures_usdc_sell_additional_encumberment_rollup"}
)  # fmt: skip
"""Words whose other side stands in a wallet of dollars, which is none of the coins'."""


def asks_of(kind: str, sign: int, *, of_dollars: bool) -> str:
    """Return what a person is asked of a transaction of *kind*, by the *sign* of its amount; empty where nothing is."""
    word = WORDS.get(kind)
    if word is None:
        return ""
    if of_dollars:
        return DOLLARS_EARNED if kind in INCOME else word.asks
    if word.asks:
        return word.asks
    is_other = word.way * sign < 0
    return OTHER_WAY if is_other and kind not in INCOME else ""  # income that is taken back has words of its own
