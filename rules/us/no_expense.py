"""Words that name no expense: what comes back, what is owned, what is owed, what is private, and what tells of each.

Law: only what is "paid or incurred ... in carrying on any trade or business" is deducted (26 U.S.C. 162(a)): a deposit
that comes back is not paid yet; a thing with a life of its own is depreciated (263(a), 168); what is borrowed was no
income, and paying it back is no expense; federal income taxes are not deducted (275(a)), and half the self-employment
tax is, elsewhere (164(f)); what is personal is not (262). A sole proprietor's own health insurance, retirement plan and
gifts to charity are deducted on other forms (162(l), 404, 170).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lotwork.rules.us.schedule_c import CATEGORIES

DEPOSIT = "what comes back is not spent (26 U.S.C. 162(a)): void it, and record what of it is kept from you when it is"
THING = (
    "a thing with a life of its own is depreciated (26 U.S.C. 263(a), 168): void it and record an `equipment`; a small "
    "part is `supplies`, one that mends a rig `repairs`"
)
LOAN = (
    "paying back what was borrowed is no expense (26 U.S.C. 162(a)): void it, and record the interest of the payment "
    "as `interest`"
)
TAX = (
    "income and self-employment taxes are no expense of the business (26 U.S.C. 275(a), 164(f)): void it and record a "
    "`payment`; of a tax on property, sales or payrolls say `taxes`"
)
PRIVATE = "what is personal is not deducted (26 U.S.C. 262): void it, or correct the category to what it was for"
FINE = (
    "a fine or a penalty of a government is not deducted (26 U.S.C. 162(f)): correct the category to `fines`; of one "
    "that a contract asks for say `contract penalty`"
)
BACK = (
    "what came back is no expense (26 U.S.C. 162(a), 111(a)): void it, and record it with `refund_of` the bill, or as "
    "`business_income`; of what you gave back to a customer say `returned to customer`"
)
POLITICS = "what influences laws or elections is not deducted (26 U.S.C. 162(e)): void it"
FUN = "entertainment is not deducted (26 U.S.C. 274(a)): void it; of a meal with business say `meals`"
BY_CARD = "what was bought with the card is the expense, and not paying the card: void it, and record each bill"
TAKEN = "what an owner takes out of a sole proprietorship is no expense (26 U.S.C. 162(a)): void it"
MOVED = "money moved or put into coins is not spent (26 U.S.C. 162(a)): void it, and record a `purchase` of coins"
ELSEWHERE = (
    "a sole proprietor deducts it, if at all, on another form: void it, and record health_insurance_usd, "
    "retirement_contribution_usd or itemized_deductions_usd in `year_facts` (26 U.S.C. 162(l), 404, 170)"
)
INSTEAD = (
    ("void it, and record", "record"), ("void it and record", "record"), ("void it", "leave it out"),
    ("correct the category to", "write"),
)  # fmt: skip
"""What is done with a word before it is recorded, in the place of what is done after."""
RIGS = frozenset({
    "rig", "miner", "asic", "gpu", "machine", "computer", "server", "hardware", "equipment", "building", "land",
    "container", "transformer", "generator", "antminer", "whatsminer", "capital", "capex", "improvement", "laptop",
    "psu", "shed", "down",
})  # fmt: skip
LAST: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(RIGS, THING),
        **dict.fromkeys(("tax", "taxe", "irs", "estimated"), TAX),
        **dict.fromkeys(("draw", "drawing", "withdrawal", "distribution"), TAKEN),
        **dict.fromkeys(("transfer", "investment", "crypto", "coin", "bitcoin", "btc"), MOVED),
        **dict.fromkeys(("family", "living", "grocery", "grocerie", "clothing", "clothe", "commuting"), PRIVATE),
        **dict.fromkeys(("refund", "reimbursement", "rebate", "cashback"), BACK),
        "gym": PRIVATE,
        **dict.fromkeys(("donation", "charity", "charitie", "retirement", "ira", "sep", "medical"), ELSEWHERE),
    }
)
"""Words that say so at the end of a category: "gpu" and "mining_rig", but not "rig_repair"."""
ANYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "deposit": DEPOSIT, "escrow": DEPOSIT, "collateral": DEPOSIT, "refundable": DEPOSIT,
        "principal": LOAN, "repayment": LOAN, "loan": LOAN, "mortgage": LOAN, "personal": PRIVATE, "private": PRIVATE,
        "fine": FINE, "penalty": FINE, "penaltie": FINE, "ticket": FINE, "debt": LOAN, "ira": ELSEWHERE,
        "political": POLITICS, "lobbying": POLITICS,
        "1040": TAX, "1040e": TAX, "1040es": TAX, "vacation": PRIVATE, "entertainment": FUN,
        "rig": THING, "asic": THING, "gpu": THING, "hardware": THING,
        "capitalized": THING, "capitalised": THING, "antminer": THING, "whatsminer": THING,
    }
)  # fmt: skip
"""Words that say so wherever they stand, but for those below."""
BUT_FOR: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        LOAN: frozenset({"interest", "fee"}),
        DEPOSIT: frozenset({"fee"}),
        THING: frozenset({
            "repair", "part", "hosting", "rent", "rental", "lease", "maintenance", "fee", "power", "electricity",
            "cooling", "fan", "cable", "cleaning", "shipping", "freight", "insurance", "monitoring", "management",
            "service", "subscription", "software", "internet", "colocation", "network", "firmware", "supply", "supplie",
            "paste", "filter", "oil", "interest", "plan", "line",
        }),
        FINE: frozenset({"contract", "prepayment", "cancellation", "termination", "support"}),
        TAX: frozenset({
            "property", "sale", "payroll", "excise", "franchise", "use", "unemployment", "import", "custom", "vat",
        }),
    }
)  # fmt: skip
"""Words beside which it is an expense all the same: the interest of a loan, the tax on a property."""
PAID = frozenset({"payment", "bill", "cost", "expense", "purchase", "order", "due"})
"""Words that say nothing of what was paid."""
ABOUT = frozenset({"to", "from", "into", "for", "at", "via"})
"""Words after which only stands whom or what it was for: a "transfer to kraken" is a transfer."""
OWN = frozenset({"owner", "myself", "self", "own", "me", "proprietor"})
MODEL = re.compile(r"[st](?:9|1[579]|21)\w*|m[2-6][0-9]\w*|l[379]\w*|ks[0-9]\w*|rtx\w*", re.ASCII)
"""How rigs and cards are called: an S19j, a T21, an M50, an L7, an RTX."""
INSURED = frozenset({"health", "life", "medical", "dental"})
SHORTEST = 4
"""A word shorter than this ends in an s of its own: gas."""


def no_expense(category: str) -> str | None:
    """Return why a *category*, one lower-case word, names no expense and what to do; None where it may be one."""
    if category in CATEGORIES:
        return None
    told = [word if len(word) < SHORTEST else word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", category)]
    words = [word for word in told if word not in PAID] or told
    if not words:
        return None
    found = next((ANYWHERE[word] for word in words if word in ANYWHERE), LAST.get(words[-1]))
    if found is None:
        found = LAST.get(_last_before_whom(words))
    if found is None:
        found = _by_two_words(frozenset(told), words)
    return None if found is None or BUT_FOR.get(found, frozenset()) & set(words) else found


def _last_before_whom(words: Sequence[str]) -> str:
    """Return the last word before the one that begins to say for whom it was."""
    end = next((place for place, word in enumerate(words) if word in ABOUT), len(words))
    return words[end - 1] if end else words[0]


def refused(category: str) -> tuple[str, str] | None:
    """Return why a *category* names no expense and what to record in its place, where nothing is recorded yet."""
    found = no_expense(category)
    if found is None:
        return None
    why, _, remedy = found.partition(": ")
    for told, meant in INSTEAD:
        remedy = remedy.replace(told, meant)
    return f"{category!r} is no expense: {why}", remedy


def _by_two_words(told: frozenset[str], words: Sequence[str]) -> str | None:
    if "insurance" in told and INSURED & told:
        return ELSEWHERE
    if {"credit", "card"} <= told and "payment" in told:
        return BY_CARD
    if "salary" in told and OWN & told:
        return TAKEN
    if "card" in told and {"graphic", "graphics", "video"} & told:
        return THING
    return THING if any(MODEL.fullmatch(word) for word in words) else None
