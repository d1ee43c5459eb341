"""What is told of coins that are told twice: which counts, and what a person may say."""

from __future__ import annotations

DISAGREE = (
    "transaction {twin.txid}: {twin.source} tells {listed} base units of {twin.asset}, the other source {quantity}; "
    "the other is counted: correct the one that is wrong"
)
KINDS = (
    "transaction {twin.txid}: {twin.id} ({twin.source}) tells it as {twin.income}, {first.id} ({first.source}) as "
    "{first.income}, which is counted: correct the `income` of the one that is wrong"
)
OUTPUT = (
    "{twin.id} tells output {twin.vout} of {twin.txid}, as {first.id} does{where}: an output exists once, and only "
    "{first.id} is counted: void the one that is wrong"
)
TWICE = (
    "{twin.id} and {first.id} tell the same transaction {twin.txid} of {twin.asset}, from one source ({source}){where}"
    ": if it is one payment, void {twin.id}; if these are two, correct each with its vout"
)
LEFT_TWICE = (
    "{twin.id} and {first.id} tell that the same coins left {twin.wallet} in {twin.txid}, from one source: if they "
    "left once, void {twin.id}; if these are two payments, say so with a correction that sets the note of {twin.id}"
)
LEFT_ONCE = (
    "{twin.id} ({twin.source}) tells what {first.id} ({first.source}) tells, that the same coins left {twin.wallet} in "
    "{twin.txid}, with a fee or an answer of its own: only {first.id} is counted: void the one that is wrong"
)
SPELLED = (
    "{twin.id} and {first.id} tell one transaction, spelled {twin.txid} and {first.txid}: an earlier release counted "
    "both, now {first.id} alone is counted; void {twin.id}, and see `lotwork diff --filed` where the year was filed"
)
FEES = (
    "{fee.id} ({fee.source}) tells a fee of {fee.quantity} base units of {fee.asset} for {fee.txid}, and {other.id} "
    "({other.source}) one of {other.fee_quantity}: the latter is counted: correct the one that is wrong"
)
ELSEWHERE = (
    "{twin.id} ({twin.source}, into {twin.wallet}) and {first.id} ({first.source}, into {first.wallet}) tell the same "
    "transaction {twin.txid} and as much {twin.asset}: if it is one payment, void one; if these are two, say so with a "
    "correction that sets the income of {twin.id}"
)
MOVED = (
    "{twin.id} ({twin_source}) and {first.id} ({first_source}) tell the same transaction {twin.txid} of {twin.asset} "
    "from {twin.from_wallet} to {twin.to_wallet}, and both are counted: if it is one transfer, void the one that is "
    "wrong, gross or net of its fee"
)
OTHER_FEE = (
    "transaction {twin.txid}: {twin.id} tells a fee of {told} base units of {twin.asset}, {first.id} {counted}; the "
    "latter is counted: correct the one that is wrong, or void it"
)
LEFT_OTHERWISE = (
    "transaction {movement.txid}: {movement.id} tells that {left} base units of {movement.asset} left "
    "{movement.wallet}, the transfers tell {moved}; the transfers are counted: correct the one that is wrong, or "
    "record where the rest went"
)
