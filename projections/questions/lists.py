"""Rows that may be a pool's list though no source is named for them, told: nothing is held against them until then."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.history import History
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import correct_command
from lotwork.projections.questions.asking import two_things

_WORDS = (
    "{first.id} tells a payout of {pool} and names no source, so it is not taken for the list of what "
    "{pool} paid; and {count} output{s} named for {pool} since, {output.id} the first, {is_are} in no "
    "such row and count{es} as income: if these rows are the pool's list, name it, and outputs it lacks are held "
    "back until you say what they are: `{is_list}`; if they are payouts you told by hand, say so: `{no_list}`"
)


def ask_of_nameless(history: History) -> Iterator[Finding]:
    """Yield a question for each pool whose rows may be a list that lacks outputs."""
    for first, pool, output, count in history.nameless:
        if history.end is not None and output.at >= history.end:
            continue
        is_list = correct_command(history.book, first.id, {"source": f"list of {pool}"}, "the pool's own list")
        words = _WORDS.format(
            first=first,
            pool=pool,
            output=output,
            count=count,
            s="s" if count > 1 else "",
            es="" if count > 1 else "s",
            is_are="are" if count > 1 else "is",
            is_list=is_list,
            no_list=two_things(history.book, first.id),
        )
        yield Finding("pool_list_nameless", words, first.id)
