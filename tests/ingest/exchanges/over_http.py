"""What ccxt asks over HTTP, by its own name of the question: what stands in for an exchange is asked by that name."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.ingest.scripted_server import Script

COINBASE_CALLS = {
    "/api/v3/brokerage/key_permissions": "v3_private_get_brokerage_key_permissions",
    "/v2/accounts": "v2_private_get_accounts",
    "/api/v3/brokerage/orders/historical/fills": "v3_private_get_brokerage_orders_historical_fills",
}


def question_of(service: str, path: str, script: Script) -> tuple[str, dict[str, Any]]:
    """Return the name and the parameters of the question of *service* that *script* was asked last, at *path*."""
    parts = urlsplit(path)
    params: dict[str, Any] = dict(parse_qsl(parts.query))
    if service == "kraken":
        return f"private_post_{parts.path.rpartition('/')[2].lower()}", dict(parse_qsl(script.bodies[-1].decode()))
    if service == "gemini":
        told = json.loads(b64decode(script.headers[-1]["X-GEMINI-PAYLOAD"]))
        return f"private_post_{parts.path.strip('/').replace('/', '_')}", told
    if service == "coinbase":
        account = re.fullmatch(r"/v2/accounts/(\w+)/transactions", parts.path)
        call = COINBASE_CALLS.get(parts.path, "v2_private_get_accounts_account_id_transactions")
        return call, params | ({"account_id": account[1]} if account else {})
    kind = "public" if "exchangeInfo" in parts.path else "private" if "/api/" in parts.path else "sapi"
    call = f"{kind}_get_{re.sub('[/-]', '_', parts.path.split('/', 3)[3]).lower()}"
    return call, {key: int(value) if value.isdigit() else value for key, value in params.items()}
