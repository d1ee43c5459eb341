"""The measured miner as other programs read it: a file for each."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from bench.workload import BEGIN, WALLETS, Step, coins, dollars, first_in_first_out


def write_beancount(file: Path, happened: Iterable[Step]) -> None:
    """Write a beancount ledger: an account a wallet, booked first in first out."""
    with file.open("w", encoding="utf-8") as out:
        opened = BEGIN.date() - timedelta(days=1)
        for wallet in WALLETS:
            out.write(f'{opened} open Assets:{wallet.capitalize()} BTC "FIFO"\n')
        for account in ("Assets:Cash", "Income:Mining", "Income:Gains", "Expenses:Electricity"):
            out.write(f"{opened} open {account}\n")
        for step in happened:
            account, quantity = f"Assets:{step.wallet.capitalize()}", coins(step.sats)
            out.write(f'\n{step.at.date()} * "{step.kind}"\n')
            if step.kind == "expense":
                out.write(f"  Expenses:Electricity  {step.dollars} USD\n  Assets:Cash\n")
            elif step.kind == "sale":
                out.write(f"  {account}  -{quantity} BTC {{}} @ {step.dollars} USD\n")
                out.write(f"  Assets:Cash  {dollars(step.value_micros)} USD\n  Income:Gains\n")
            else:
                out.write(f"  {account}  {quantity} BTC {{{step.dollars} USD}}\n  Income:Mining\n")


def write_ledger(file: Path, happened: Iterable[Step]) -> None:
    """Write a journal of ledger-cli: an account a wallet, and every sale with its lots, for it chooses none."""
    happened = list(happened)
    taken = {sale.name: parts for sale, parts in first_in_first_out(happened, by_wallet=True)}
    with file.open("w", encoding="utf-8") as out:
        for step in happened:
            account = f"Assets:{step.wallet.capitalize()}"
            out.write(f"\n{step.at:%Y/%m/%d} * {step.kind}\n")
            if step.kind == "expense":
                out.write(f"    Expenses:Electricity  {step.dollars} USD\n    Assets:Cash\n")
            elif step.kind == "sale":
                for receipt, sats in taken[step.name]:
                    lot = f"{{{receipt.dollars} USD}} [{receipt.at:%Y/%m/%d}]"
                    out.write(f"    {account}  -{coins(sats)} BTC {lot} @ {step.dollars} USD\n")
                out.write(f"    Assets:Cash  {dollars(step.value_micros)} USD\n    Income:Gains\n")
            else:
                lot = f"{{{step.dollars} USD}} [{step.at:%Y/%m/%d}]"
                out.write(f"    {account}  {coins(step.sats)} BTC {lot} @ {step.dollars} USD\n    Income:Mining\n")


def write_accfifo(file: Path, happened: Iterable[Step]) -> None:
    """Write rows of wallet, sats (below zero: sold) and dollars a coin; there is no row for an expense."""
    signs = {"receipt": 1, "sale": -1}
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        for step in happened:
            if step.kind in signs:
                rows.writerow((step.wallet, signs[step.kind] * step.sats, step.dollars))


RP2_SETTINGS = """[general]
assets = BTC
exchanges = Lotwork
holders = Miner

[in_header]
timestamp = 0
asset = 1
exchange = 2
holder = 3
transaction_type = 4
spot_price = 5
crypto_in = 6
unique_id = 7

[out_header]
timestamp = 0
asset = 1
exchange = 2
holder = 3
transaction_type = 4
spot_price = 5
crypto_out_no_fee = 6
crypto_fee = 8
unique_id = 7

[intra_header]
timestamp = 0
asset = 1
from_exchange = 2
from_holder = 3
to_exchange = 4
to_holder = 5
spot_price = 6
crypto_sent = 7
crypto_received = 8
"""


def write_rp2(settings: Path, sheet: Path, happened: Iterable[Step]) -> None:
    """Write rp2's settings and its spreadsheet; it knows no expenses and pools over wallets."""
    happened = list(happened)
    settings.write_text(RP2_SETTINGS, encoding="utf-8")
    tables = []
    for title, kind, word in (("IN", "receipt", "MINING"), ("OUT", "sale", "SELL")):
        header = ("timestamp", "asset", "exchange", "holder", "type", "price", "quantity", "id", "fee")
        rows = [
            (step.at.isoformat(sep=" "), "BTC", "Lotwork", "Miner", word, step.dollars, coins(step.sats), step.name, 0)
            for step in happened
            if step.kind == kind
        ]
        tables += [(title,), header, *rows, ("TABLE END",), ("",)]
    rows_xml = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in tables)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="BTC">{rows_xml}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(zipfile.ZipInfo("mimetype"), kind)
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", manifest)


def _cell(value: object) -> str:
    text = escape(str(value))
    is_number = isinstance(value, int) or text.replace(".", "", 1).isdigit()
    kind = f'office:value-type="float" office:value="{text}"' if is_number else 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"
