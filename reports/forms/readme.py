"""What the files say of themselves: whose they are, whether they are a draft and why, and what is not in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lotwork.reports.forms.drawn import Drawing, Drawn, LeftOut, money

if TYPE_CHECKING:
    from lotwork.reports.states import StatePapers

NAME = "README.txt"
ABOUT = {
    "8949": "Form 8949 in the IRS's columns (a) to (h), the rows of one box, without totals: Schedule D has those",
    "lots": "every row lot by lot, to the micro-dollar, with its events; `import --map generic-1099-da` reads it",
    "return": "the return line by line as it is filed, each line with its law",
    "drake": "for Drake: Import > Form 8949, columns in Drake's order, the boxes by Drake's numbers",
    "taxact": "for TaxAct: 1099-B, CSV import, columns by name",
    "turbotax": "for TurboTax: the template for gains, one row a lot; it has no place for codes and boxes",
    "xlsx": "a workbook: a sheet for each box and Schedule D, its formulas live",
    "pdf": "worksheets to print, one sheet a form, each line with its law; not official forms",
    "txf": "TXF version 042, a legacy of 2011 for desktop programs",
}
ABOUT_FILE = {
    "schedule-d": "lines 1b, 2, 3, 8b, 9 and 10 of Schedule D by these files, beside what the return has there",
    "bills": "the year's bills by line of Schedule C",
    "8949.pdf": "the rows of Form 8949 to print or to attach, with their totals by box",
    "8949-DRAFT.pdf": "the rows of Form 8949 to print, with their totals by box",
    "1040-es": "the four payments of estimated tax: until when, how much, how to pay",
    "1040-x": "Form 1040-X: what was filed, the change, what is correct",
    "state-payments": "the payments of estimated tax to the state: until when, how much",
    "state-amended": "the return of the state as filed, what moved in it, and by which return it is amended",
    "state-4562": "the rigs by both laws: what the federal return deducts, and what the state's",
    "state-add-back": "what each year deducted at once; the state adds a part back, which comes back later",
    "state-figures": "the figures of the state's law behind its return: status, source, whether they were looked up",
    "state": "the return of the state line by line, each line with its law",
    "rigs": "the rigs of Form 4562, each with what it has been depreciated by",
}
"""What a file is that is drawn beside others of its format, by the beginning of its name."""

NOT_HERE = (
    "What was not sold but given, donated, lost or stolen is on none of these forms: `lotwork gains`.",
    "Sales that were told as one sum in year_facts are on Schedule D lines 1a and 8a, and in no file.",
)

FOR_PROGRAMS = frozenset({"drake", "taxact", "turbotax", "txf"})
"""The formats that a preparer's program imports."""
OF_THE_STATE = (
    "What Drake, TaxAct, TurboTax and TXF import here is federal: their columns of a state are left empty, and the "
    "return of {name} is made in the program, to be held against state.csv"
)
OWN_DEPRECIATION = "; its own depreciation, and the gain on rigs sold, are entered there from {file}"


def told_of(drawing: Drawing) -> Iterator[str]:
    """Yield the lines that every reading of the files begins with."""
    form = drawing.form
    yield f"{'DRAFT: ' if drawing.draft else ''}Form 8949 of {form.year}, book {drawing.book}"
    yield "Drawn by Lotwork. A worksheet, not an official form, and no tax advice."
    yield f"From the log up to position {drawing.position}, head {drawing.head}, under the law {drawing.law}."
    for why in drawing.draft:
        yield f"Draft, because {why}"
    yield (
        "Amounts are dollars and cents; where lots share a sale's dollars, the cents of a row may be two off, so that "
        "the rows of a line of Schedule D come to that line to the cent."
    )
    for line in form.schedule_d:
        yield (
            f"Schedule D line {line.line}: box {line.boxes or '-'}, {line.total.rows} sales, proceeds "
            f"{money(line.total.proceeds)}, basis {money(line.total.basis)}, adjustments "
            f"{money(line.total.adjustment)}, gain {money(line.total.gain)}"
        )
        if line.total.gain != line.on_return:
            yield (
                f"  `lotwork liability` has {money(line.on_return)} on line {line.line}: it goes by the boxes the "
                "ledger expects, and these files by what the brokers told; the sum of each term is the same, but for "
                "cents that a broker rounded"
            )
    if not form.rows:
        yield "Nothing was sold in the year."
    yield from drawing.state_says


def readme(drawing: Drawing, files: Sequence[Drawn]) -> Drawn:
    """Return the file that says what the others are."""
    lines = [*told_of(drawing), ""]
    for each in files:
        lines.append(f"{each.name}: {_about(each)} ({each.rows})")
        lines += [f"  {words_of(left)}" for left in each.left_out]
        lines += [f"  {note}" for note in each.notes]
    lines += ["", *NOT_HERE, *of_the_state(drawing, files)]
    return Drawn(NAME, "readme", "".join(f"{line}\n" for line in lines).encode(), 0)


def of_the_state(drawing: Drawing, files: Iterable[Drawn]) -> Iterator[str]:
    """Yield what the files for preparers' programs leave to the return of the state, where one is filed."""
    if drawing.state is not None and any(each.format in FOR_PROGRAMS for each in files):
        yield f"{OF_THE_STATE.format(name=drawing.state.listing.name)}{_own_depreciation(drawing.state)}."


def _own_depreciation(papers: StatePapers) -> str:
    own = papers.listing.depreciation
    if own is None or not (own.rigs or own.years):
        return ""
    return OWN_DEPRECIATION.format(file="state-4562.csv" if own.rigs else "state-add-back.csv")


def _about(each: Drawn) -> str:
    """Return what a file is."""
    return next((words for name, words in ABOUT_FILE.items() if each.name.startswith(name)), ABOUT[each.format])


def words_of(left: LeftOut) -> str:
    """Return what a file leaves out, as a sentence."""
    total = left.total
    rows = "1 row is" if total.rows == 1 else f"{total.rows} rows are"
    return f"{rows} NOT in it (proceeds {money(total.proceeds)}, gain {money(total.gain)}): {left.why}"
