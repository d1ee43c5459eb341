"""Why an answer was not had, told to who asks once: nothing asks again by itself, as a poll does."""

from __future__ import annotations

import re

_AGAIN = re.compile(r"[:;.]? ?[Ii]t (?:is|will be) asked again(?P<when> at the next poll| after that| later)?")
INSTEAD = {None: "; then try it again", " after that": ": try it again after that"}
LATER = ": try it again later"


def said_once(why: str) -> str:
    """Return *why*, with what there is to do in place of the promise that it is asked again."""
    return _AGAIN.sub(lambda found: INSTEAD.get(found["when"], LATER), why)
