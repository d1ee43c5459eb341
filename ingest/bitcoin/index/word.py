"""On whose word stands what a server of histories tells, and what its page says of that."""

from __future__ import annotations

from lotwork.ingest.bitcoin.index.section import IndexSection
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.declaration import Word

IN_DOCS = """\
- Each transaction must hash to its name and lead to the root of its block, whose header must prove its work; nothing a
  server decoded is read ([ADR 17](adr/0017-what-is-believed-of-a-server-of-histories.md)).
- **That nothing is left out is the server's word.** With `second_url` two must tell the same, or nothing is recorded.
  What was proven once stays while its block is on the chain, whatever a list says then.
- **A server learns every address of the wallet, and that they belong together**, from where you ask. Your own server
  tells nobody; a public one is asked at your choice.
- A first reading goes on where it was left, also after a kill: addresses asked and transactions read are counted on the
  terminal. Reorganisations, maturity, `gap_limit` and change are as at a node."""
UNSEEN = """\
payments before `start_height`, Lightning, MWEB (private Litecoin) outputs; who paid; what a key received more than
`gap_limit` addresses beyond the last used one; an output that pays the public key itself of a watched address.
"""


def word(section: IndexSection) -> Word:
    """Return on whose word a server's payments stand: each is proven, that none is left out is not."""
    rules = RULES.get(section.chain)
    if rules is None or rules.worked is None:
        return Word(is_proven=False, says="a test chain's blocks cost nothing: on the server's word")
    if section.second_url is not None:
        return Word(is_proven=True, says="every payment is proven by its block's work; two servers must list the same")
    return Word(
        is_proven=False,
        says="every payment is proven by its block's work; that none is left out is one server's word",
        remedy="name another server as `second_url`",
    )
