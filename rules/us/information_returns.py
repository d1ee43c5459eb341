"""Information returns: from which sum on a business tells the IRS whom it paid.

Law: whoever pays another, in the course of a trade or business and for services, that much or more in a calendar year
makes a return of it (26 U.S.C. 6041(a), 6041A(a)); Form 1099-NEC by January 31 (6071(c)).
"""

from __future__ import annotations

from lotwork.rules.figures import Figure
from lotwork.rules.load import Law

FOR_SERVICES = frozenset(
    {"hosting", "commissions", "contract_labor", "professional", "legal", "accounting", "repairs", "maintenance"}
)
"""Words of bills that pay for services."""


def nonemployee_from(law: Law, year: int) -> Figure:
    """Return the payments to one person in *year* from which on a Form 1099-NEC is due, in dollars."""
    return law.in_year("us/information_returns/nonemployee_from", year)
