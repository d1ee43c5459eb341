"""The process that ccxt lives in: it reads questions as lines of JSON, asks the exchange, and writes what came back.

Nothing of ccxt reaches the core: of each answer the raw text is handed over, to be read there as a stranger's words.
The key comes over standard input and is in no argument, variable or message. Only questions that read are asked,
whatever the core says: their names stand in `READS`. The process ends with its standard input, and holds itself to
limits of memory and of what it may write.

`python -m lotwork.ingest.exchanges.child`: the first line is a `Hello`, each other one a `Ask`; each is answered by a
line: `{"id": 1, "body": "…"}`, or `{"id": 1, "error": "RateLimitExceeded", "said": "…", "wait": 30}`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import suppress
from typing import Any, TextIO
from urllib.parse import urlsplit

READS = {
    "kraken": frozenset(
        {"private_post_getapikeyinfo", "private_post_ledgers", "private_post_depositstatus",
         "private_post_withdrawstatus"}
    ),
    "coinbase": frozenset(
        {"v3_private_get_brokerage_key_permissions", "v2_private_get_accounts",
         "v2_private_get_accounts_account_id_transactions", "v3_private_get_brokerage_orders_historical_fills"}
    ),
    "binanceus": frozenset(
        {"public_get_exchangeinfo", "private_get_account", "private_get_mytrades", "sapi_get_capital_deposit_hisrec",
         "sapi_get_capital_withdraw_history", "sapi_get_asset_assetdistributionhistory",
         "sapi_get_staking_stakingrewardshistory", "sapi_get_asset_query_dust_logs", "sapi_get_otc_orders",
         "sapi_get_ocbs_orders"}
    ),
    "gemini": frozenset(
        {"private_post_v1_roles", "private_post_v1_mytrades", "private_post_v1_transfers",
         "private_post_v1_staking_history"}
    ),
}  # fmt: skip
"""What may be asked of each exchange, by ccxt's own names of its questions."""
SLOW = {"private_post_v1_transfers": 5_500}
"""Milliseconds between two questions of one name, where an exchange wants more of them than ccxt knows."""
MOST_MEMORY = 2 << 30
"""Bytes of address space: several times what ccxt needs, and less than an answer without an end would take."""
LONGEST_WORDS = 300
NOT_INSTALLED = "NotInstalled"
UNKNOWN = "UnknownQuestion"


class _TooLongError(Exception):
    """An answer is longer than it may be."""


class _LedAwayError(Exception):
    """An answer would send the question, with the key in it, elsewhere."""


def main(lines: TextIO, told: TextIO) -> int:
    """Answer the questions on *lines* until they end."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the key
    with suppress(ValueError, OSError):  # a lower limit stands already
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    hello = json.loads(lines.readline() or "{}")
    exchange = error = None
    try:
        exchange = _exchange(hello)
    except ImportError:
        error = NOT_INSTALLED
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        error = type(broken).__name__
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written to a disk from here
    _tell(told, {"id": 0} if error is None else {"id": 0, "error": error})
    for line in lines if exchange is not None else ():
        asked = json.loads(line)
        _tell(told, {"id": asked["id"], **_answer(exchange, asked)})
    return 0


def _tell(told: TextIO, answer: dict[str, Any]) -> None:
    told.write(json.dumps(answer) + "\n")
    told.flush()


def _exchange(hello: dict[str, Any]) -> Any:
    """Return the exchange that *hello* names, with its key, as ccxt has it."""
    import ccxt  # noqa: PLC0415 - here, and nowhere in the core

    name = str(hello["exchange"])
    if name not in READS:
        raise ValueError(name)
    base = hello["base_url"]
    paced = {"timeout": int(hello["timeout_ms"]), "enableRateLimit": not base}  # a place of one's own has its own pace
    made = getattr(ccxt, name)({**paced, **hello["key"]})
    made.refusals = ccxt.BaseError
    made.asked = {}
    made.session.hooks["response"].append(_bounded(int(hello["most_bytes"])))
    if base:
        made.urls["api"] = {word: f"{base}{urlsplit(url).path}" for word, url in made.urls["api"].items()}
    return made


def _bounded(most: int) -> Any:
    """Return what reads an answer to its end or to *most* bytes, unpacked, and takes no redirection."""

    def read(response: Any, **_: Any) -> Any:
        if response.is_redirect:
            raise _LedAwayError
        body = response.raw.read(most + 1, decode_content=True)
        if len(body) > most:
            raise _TooLongError
        response._content, response._content_consumed = body, True  # noqa: SLF001 - how requests itself keeps it
        return response

    return read


def _answer(exchange: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what came back for one question: its raw text, or why there is none."""
    call = str(asked["call"])
    if call not in READS[exchange.id]:
        return {"error": UNKNOWN, "said": call}
    exchange.last_http_response = exchange.last_response_headers = None
    if exchange.enableRateLimit and call in SLOW:
        time.sleep(max(0, exchange.asked.get(call, 0) + SLOW[call] - exchange.milliseconds()) / 1000)
        exchange.asked[call] = exchange.milliseconds()
    try:
        getattr(exchange, call)(asked["params"])
    except _TooLongError:
        return {"error": "TooLong"}
    except _LedAwayError:
        return {"error": "LedAway"}
    except MemoryError:
        return {"error": "MemoryError"}
    except (exchange.refusals, ValueError, KeyError, TypeError, OSError) as refused:
        # its class and what the exchange said; its own words hold the address, and in it the signature
        said = exchange.last_http_response or ""
        return {
            "error": type(refused).__name__,
            "under": [each.__name__ for each in type(refused).__mro__[1:-3]],
            "cause": type(refused.__cause__).__name__ if refused.__cause__ is not None else "",
            "said": said[:LONGEST_WORDS],
            "wait": _wait(exchange.last_response_headers),
        }
    return {"body": exchange.last_http_response or ""}


def _wait(headers: Any) -> str:
    """Return what the exchange says of when to ask again."""
    return str((headers or {}).get("Retry-After", ""))[:40]


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout))
