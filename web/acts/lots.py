"""The lots of a planned sale, chosen and recorded before it is made: a `selection` for the wallet's next sale."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import Selection
from lotwork.ledger.units import AmountError, scaled, unscaled
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.gains import brokers_of
from lotwork.web.acts.act import Act, Field, Form, Line, Told
from lotwork.web.reading import Reading
from lotwork.web.views.sell import MOST_LOTS, OF_LOT
from lotwork.web.wording import day, usd

YES, NO = "yes", "no"
DEADLINE = (
    "Recorded now, the choice governs the next sale of {asset} from {wallet}. It must be recorded no later than the "
    "date and time of that sale (Treas. Reg. 1.1012-1(j)(2)): what is sold before you record it, or beyond what you "
    "choose, goes by the order in force."
)
OF_A_BROKER = (
    " {wallet} is kept by a broker: through 2026 your own records identify the lots (Notice 2025-7, Notice 2026-20); "
    "from 2027 the broker must be told of them no later than the sale, or its order stands (Treas. Reg. "
    "1.1012-1(j)(3)(ii))."
)


def _open(reading: Reading, told: Told) -> list[OpenLot]:
    """Return the open lots of the wallet and coin that are told, the oldest first."""
    pool = told.get("wallet", ""), told.get("asset", "")
    return sorted(
        (lot for lot in reading.lots if (lot.wallet, lot.asset) == pool), key=lambda lot: (lot.acquired, lot.lot)
    )


def _form(reading: Reading, told: Told) -> Form | None:
    lots = _open(reading, told)
    if not lots or not reading.is_us:
        return None
    wallet, asset = lots[0].wallet, lots[0].asset
    at_broker = wallet in brokers_of(reading.folded.taxpayer.wallets)
    fields = [
        Field(f"{OF_LOT}{lot.lot}", f"Of {reading.coins(lot.quantity, asset)} {asset} of {day(lot.acquired)}",
              value=told.get(f"{OF_LOT}{lot.lot}", ""), required=False, hint=_about(reading, lot))
        for lot in lots[:MOST_LOTS]
    ]  # fmt: skip
    if len(lots) > MOST_LOTS:
        more = f"{len(lots) - MOST_LOTS} later lots are not shown: ID=QUANTITY, several with a comma between them"
        fields.append(Field("others", "Of other lots", value=told.get("others", ""), required=False, hint=more))
    if at_broker:
        choices = ((NO, "No"), (YES, "Yes, before the sale"))
        fields.append(
            Field("with_broker", "The broker was told", "choice", told.get("with_broker", NO), choices=choices)
        )
    says = f"{DEADLINE}{OF_A_BROKER if at_broker else ''}".format(asset=asset, wallet=wallet)
    return Form("Choose lots for a sale", says, tuple(fields), (("wallet", wallet), ("asset", asset)))


def _about(reading: Reading, lot: OpenLot) -> str:
    """Return what a lot cost, and its term if it is sold today."""
    cost = f"basis {usd(lot.basis_usd_micros)}" if lot.basis_known else "basis not known"
    return f"{cost}, {'long-term' if lot.is_long(reading.today) else 'short-term'} today, {lot.lot}"


def _chosen(told: Told) -> Iterator[tuple[str, str, str]]:
    """Yield each lot that is named, how much of it, and where that was told."""
    for name, text in told.items():
        if name.startswith(OF_LOT) and text.strip():
            yield name.removeprefix(OF_LOT), text.strip(), name
    for part in told.get("others", "").split(","):
        if part.strip():
            lot, _, text = part.strip().rpartition("=")
            yield lot, text, "others"


def _lines(reading: Reading, told: Told) -> list[Line]:
    held = {lot.lot: lot for lot in _open(reading, told)}
    wallet, asset = told.get("wallet", ""), told.get("asset", "")
    decimals = reading.history.assets.decimals(asset) if held else 0
    _refuse_a_second(reading, wallet, asset)
    problems: list[Problem] = []
    lots: dict[str, int] = {}
    for name, text, where in _chosen(told):
        why = _why_not(held.get(name), text, decimals, twice=name in lots)
        if why is None:
            lots[name] = scaled(text, decimals)
        else:
            problems.append(Problem(where, f"lot {name}"[:80], *why))
    if not lots and not problems:
        problems.append(Problem("lots", "lots", "no lot is chosen", "say how much of one is sold"))
    if problems:
        raise InputRefusedError("refused", problems)
    line: Line = {
        "kind": "selection",
        "wallet": wallet,
        "asset": asset,
        "lots": [{"lot": name, "quantity": unscaled(quantity, decimals)} for name, quantity in lots.items()],
    }
    if told.get("with_broker") == YES:
        line["with_broker"] = True
    return [line]


def _why_not(lot: OpenLot | None, text: str, decimals: int, *, twice: bool) -> tuple[str, str] | None:
    """Return why so much of *lot* cannot be chosen, and what to do; None where it can."""
    if lot is None:
        return "it is not open in this wallet", "name a lot that is held here"
    if twice:
        return "it is named twice", "give it once, with all that is sold of it"
    try:
        quantity = scaled(text, decimals)
    except AmountError as broken:
        return broken.reason, broken.remedy
    if quantity <= 0:
        return f"{text} is nothing", "leave it empty, or say how much of it is sold"
    if quantity > lot.quantity:
        return f"{text} is more than the {unscaled(lot.quantity, decimals)} it holds", "choose less"
    return None


def _refuse_a_second(reading: Reading, wallet: str, asset: str) -> None:
    """Refuse a choice for the next sale while another waits for it: only the first would govern."""
    waiting = set(reading.folded.lots.choices.state().waiting)
    for event in reading.history.of_kind("selection"):
        if not isinstance(event, Selection) or event.for_ is not None or event.id not in waiting:
            continue
        if (event.wallet, event.asset) == (wallet, asset):
            raise InputRefusedError(
                f"{event.id} already chooses lots for the next sale from {wallet}, and decides it: take it out first"
            )


LOTS = Act("lots", _form, _lines, is_of_now=True)
