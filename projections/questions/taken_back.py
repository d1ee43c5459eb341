"""What a source took back or tells otherwise, and what still rests on its first word.

A chain is reorganised and a payout is paid by another transaction, a pool withdraws a row: the event goes out of the
figures by itself. What does not go by itself is told here: a payout whose transaction has left the chain, what a person
said of an event that is gone, and what a person said and the source has since told otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.ledger.taken_back import subject_of, takes_back
from lotwork.ledger.tellers import FROM_A_FILE
from lotwork.ledger.txids import loosely, txid_key
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import TXID, add_command, correct_command

LEFT = "transaction_left_chain"
SAID = "said_of_taken_back"
OTHERWISE = "source_tells_otherwise"
OWN_QUESTION = frozenset({"doubt", "may_repeat", "note"})
"""Keys that have a question of their own, or say nothing of a figure."""
_LEFT = (
    "{event} names the transaction {txid}, which {source} saw on the chain and took back: the chain was reorganised, "
    "and it was replaced, or never happened; {event} counts all the same: if another transaction brought these coins, "
    "say which: `{other}`; if they came without one, say so: `{none}`; if they never came, or another event tells them "
    "already: `{void}`"
)
_SAID = (
    "{step} corrects {event}, which {source} has taken back since: what you said of it is in no figure: if something "
    "else came in its place, say it of that; then: `{void}`"
)
_OTHERWISE = (
    "{step} sets {keys} of {event}, and {source} has told it otherwise since: its later word counts, not yours: if the "
    "source is right: `{void}`; if you are, say it again: `{again}`"
)


def taken_back(history: History) -> tuple[Finding, ...]:
    """Return a finding for each event that rests on what a source took back, or told otherwise since."""
    troubles = len(history.troubles)
    found = (*_told_otherwise(history), *_gone(history))
    del history.troubles[troubles:]
    return found


def _gone(history: History) -> Iterator[Finding]:
    """Yield what rests on what is gone."""
    if not history.voided:
        return
    recorded = history.log.read(history.book, up_to=history.up_to, kinds=("void",))
    voids = (event for _, event in recorded if isinstance(event, e.Void) and event.id not in history.voided)
    names = {void.target for void in voids if takes_back(void)}
    gone = [event for _, event in history.log.read(history.book, up_to=history.up_to, ids=names)] if names else []
    yield from _left_the_chain(history, gone)
    for event in gone:
        for step in history.corrections.get(event.id, ()):
            if _is_said(step, event) and not isinstance(event, e.Suspense):
                void = _void(history.book, step, "its event was taken back")
                yield Finding(
                    SAID, _SAID.format(step=step.id, event=event.id, source=event.source, void=void), event.id
                )


def _left_the_chain(history: History, gone: Iterable[e.Event]) -> Iterator[Finding]:
    """Yield what counts and names a transaction whose every output the chain's own watcher took back."""
    left = {txid: event.source or "" for event in gone if _is_seen(event) and (txid := _txid_of(event)) is not None}
    naming = [*_naming(history, left)] if left else []
    stand = {txid for event, txid in naming if _is_seen(event)}
    for event, txid in naming:
        if txid not in stand and getattr(event, "doubt", None) in (None, "none"):
            yield Finding(LEFT, _ask(history.book, event.id, txid, left), event.id)


def _naming(history: History, txids: Collection[str]) -> Iterator[tuple[e.Event, str]]:
    """Yield each event in force that names one of *txids*, as its corrections leave it, and which."""
    said = {name for name, steps in history.corrections.items() if any("txid" in step.set_ for step in steps)}
    shared = history.log.shared_txids(history.book)
    if not said and all(loosely(txid) not in shared for txid in txids):
        return
    for _, recorded in history.log.read(history.book, up_to=history.up_to, kinds=("receipt", "transfer", "movement")):
        if recorded.id in said or _txid_of(recorded) in txids:
            event = history.corrected(recorded)
            txid = None if event is None else _txid_of(event)
            if event is not None and txid is not None and txid in txids:
                yield event, txid


def _is_seen(event: e.Event) -> bool:
    """Say if a watcher of the chain told *event*, out of a block."""
    return getattr(event, "block_hash", None) is not None


def _ask(book: str, event: str, txid: str, sources: Mapping[str, str]) -> str:
    return _LEFT.format(
        event=event,
        txid=txid,
        source=sources[txid],
        other=correct_command(book, event, {"txid": TXID}, "paid by another transaction"),
        none=correct_command(book, event, {"txid": None}, "paid without a transaction"),
        void=add_command(book, "void", f"target={event}", "reason=its transaction left the chain"),
    )


def _told_otherwise(history: History) -> Iterator[Finding]:
    """Yield the corrections by a person that a later one of the event's own source undid."""
    targets = [name for name, steps in history.corrections.items() if len(steps) > 1 and any(map(subject_of, steps))]
    if not targets:
        return
    for _, event in history.log.read(history.book, up_to=history.up_to, ids=targets):
        if event.id in history.voided:
            continue
        steps = sorted(history.corrections[event.id], key=lambda step: history.order[step.id])
        last = {key: step for step in steps for key in step.set_}
        for step in steps:
            undone = sorted(
                key
                for key, value in step.set_.items()
                if key not in OWN_QUESTION and subject_of(last[key]) == event.id and last[key].set_[key] != value
            )
            if _is_said(step, event) and undone:
                words = _OTHERWISE.format(
                    step=step.id,
                    keys=" and ".join(undone),
                    event=event.id,
                    source=event.source,
                    void=_void(history.book, step, "the source is right"),
                    again=correct_command(
                        history.book, event.id, {key: step.set_[key] for key in undone}, "as it was said before"
                    ),
                )
                yield Finding(OTHERWISE, words, event.id)


def _is_said(step: e.Correction, of: e.Event) -> bool:
    """Say if a person said *step*, and not the source of the event, nor a file that was read anew."""
    return subject_of(step) is None and step.source != FROM_A_FILE and (step.source is None or step.source != of.source)


def _void(book: str, step: e.Correction, reason: str) -> str:
    return add_command(book, "void", f"target={step.id}", f"reason={reason}")


def _txid_of(event: e.Event) -> str | None:
    told = getattr(event, "txid", None)
    return None if told is None else txid_key(told)
