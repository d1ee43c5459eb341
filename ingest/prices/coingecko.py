"""CoinGecko: prices of nearly every coin, an average over markets, a sample an hour.

`GET /coins/{id}/market_chart/range?vs_currency=usd&from&to&interval=hourly` ("Coin Historical Chart Data within Time
Range by ID", docs.coingecko.com/demo/reference/coins-id-market-chart-range): {"prices": [[ms, float], ...],
"market_caps": ..., "total_volumes": ...}; `interval=hourly` serves any 100 days a question. The demo plan reaches 365
days back, with a key in the header x-cg-demo-api-key and about 30 questions a minute; a paid plan has another host and
header. 404 with "coin not found" where an id is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import by_header, unsigned
from lotwork.ingest.declaration import DeclaredPrices, PriceSection
from lotwork.ingest.prices.candles import CandleRefusedError, raw_row
from lotwork.ingest.prices.market import item_of
from lotwork.ingest.prices.names import COINGECKO
from lotwork.ingest.prices.samples import DAY, Sample, Sampled, Told, sample_of
from lotwork.ingest.prices.states import NoPriceError, UnknownCoinError
from lotwork.ingest.prices.windows import Window
from lotwork.ledger.errors import ConfigError, SourceRefusedError

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext

NAME = "coingecko"
BASE_URL = "https://api.coingecko.com/api/v3"
PRO_HOST = "pro-api.coingecko.com"
MOST_DAYS = 90
MOST_SAMPLES = 40_000
DEMO_DAYS = timedelta(days=364)
BEYOND = "10012"
"""Its code for a question that reaches further back than the plan."""
GAP_SECONDS = 2.1


@dataclass(frozen=True, kw_only=True)
class CoinGecko(Sampled):
    """Prices of CoinGecko; *ids* names coins that the table of names does not have."""

    base_url: str = BASE_URL
    ids: Mapping[str, str] = field(default_factory=dict)
    name: str = NAME

    def called(self, asset: str, at: datetime) -> str:
        """Return the coin's id."""
        known = self.ids.get(asset) or COINGECKO.get(asset)
        if known is None:
            raise UnknownCoinError(
                f"{self.name}: it is not known what {asset} is called there: set coingecko_ids = "
                f'{{ {asset} = "…" }} in [prices], with the API id on the coin\'s page'
            )
        if urlsplit(self.base_url).hostname != PRO_HOST and self.client.clock.now() - at > DEMO_DAYS:
            raise NoPriceError(
                f"{self.name}: its demo plan tells the last 365 days only: for older prices set coingecko_url = "
                f'"https://{PRO_HOST}/api/v3" with a paid key, or name another source, or a file of your own (csv)'
            )
        return known

    def ask(self, asset: str, called: str, start: int, seconds: int) -> tuple[Window, Told]:
        """Return the samples from *start* on, of as many hours or days as are expected within ninety days."""
        most = MOST_DAYS * DAY // seconds
        window = self.windows.around(asset, start, seconds, most, self.client.clock.now())
        item = item_of(f"{called} in dollars", seconds, start)
        span: dict[str, str | int] = {"vs_currency": "usd", "from": window.start, "to": window.end - 1}
        try:
            answer = self.client.get_json(
                f"{self.base_url}/coins/{quote(called, safe='')}/market_chart/range",
                item=item,
                params={**span, "interval": "hourly"},
            )
        except SourceRefusedError as refused:
            if refused.status == HTTPStatus.NOT_FOUND and "coin not found" in refused.said:
                raise UnknownCoinError(f"{refused}: correct coingecko_ids in [prices]") from None
            if BEYOND in refused.said:
                raise NoPriceError(str(refused)) from None
            raise
        return window, self.believed(item, answer.body, lambda: _read_near(answer.value, window))

    def row(self, body: bytes, milliseconds: int) -> bytes:
        """Return the row of the price, which has the time of a volume too."""
        return raw_row(body[body.index(b'"prices"') :], milliseconds)


def _read(value: JsonValue) -> Iterator[Sample]:
    rows = value.get("prices") if isinstance(value, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_SAMPLES:
        raise CandleRefusedError("the answer has no list of prices")
    for row in rows:
        if not isinstance(row, list) or len(row) != 2:  # noqa: PLR2004 - a time and a price
            raise CandleRefusedError("a row is not a time and a price")
        yield sample_of(row[0], row[1])


def _read_near(value: JsonValue, window: Window) -> tuple[Sample, ...]:
    """Return the samples of an answer, some of them of the time that was asked for."""
    found = tuple(_read(value))
    if found and not any(window.start - DAY <= one.milliseconds // 1000 <= window.end + DAY for one in found):
        raise CandleRefusedError(f"a price of {found[0].at.isoformat()} was not asked for")
    return found


def build(section: PriceSection, context: BuildContext) -> CoinGecko:
    """Return CoinGecko, asked at the place the settings name, with their key."""
    place = section.place(NAME)
    key = context.reveal(*section.secret(NAME))
    if key is not None and not (key and key.isascii() and key.isprintable()):
        raise ConfigError("coingecko_key: it is empty, or no key: put the key there, and nothing else")
    header = "x-cg-pro-api-key" if urlsplit(place).hostname == PRO_HOST else "x-cg-demo-api-key"
    client = context.client(
        NAME,
        allow_private=section.allow_private,
        sign=unsigned if key is None else by_header(header, key),
        gap_seconds=GAP_SECONDS,
    )
    return CoinGecko(client=client, evidence=context.evidence, base_url=place, ids=section.names(NAME))


PRICES = DeclaredPrices(
    name=NAME,
    key="coingecko_url",
    default=BASE_URL,
    names_key="coingecko_ids",
    names_are_pairs=False,
    secret_key="coingecko_key",  # noqa: S106 - the name of a key of the settings
    build=build,
    label="CoinGecko",
    example=f"""\
coingecko_url = "{BASE_URL}"  # a paid plan: https://{PRO_HOST}/api/v3
coingecko_key_file = "coingecko.key"              # of the free demo plan, or of a paid one
# coingecko_ids = {{ QUAI = "quai-network" }}       # the API id on the coin's page, where it is not known here
""",
    docs="""\
The average over the markets that CoinGecko follows: the last sample within the hour, else within the day, with its own
time in the event. Ninety days of a coin are one question. The ids of the usual mined coins are known (BTC LTC DOGE BCH
ETC KAS ZEC RVN ERG XMR CKB ALPH DASH NMC DGB BSV BTG XEC ZEN FLUX FIRO BEAM KDA CFX HNS SC SYS ELA FB XTM ETHW …);
another one is an error that says how to set it.
""",
    cannot_see="more than the last 365 days with the free demo plan, and minutes: a price holds for its hour.",
)
