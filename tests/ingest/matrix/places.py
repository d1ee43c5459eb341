"""Everything that is declared, with true answers to all it asks: what the matrix of faults is drawn over.

A place is a source, a source of prices or a profile of files. It is built by its own declaration and asks through the
program's own client, line or reader; what lies below, the socket and the disk, is this folder's. A declaration without
a place fails a test, unless `exempt.py` says why it has none and what proves it instead. Prices have theirs in
`markets.py`, files in `known_files.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.ingest.matrix.asked_chains import CHAIN_PLACES
from tests.ingest.matrix.asked_devices import DEVICE_PLACES, DIFFICULTY
from tests.ingest.matrix.asked_pools import POOL_PLACES
from tests.ingest.matrix.looking import Source

SOURCE_PLACES: Sequence[Source] = (*POOL_PLACES, *CHAIN_PLACES, DIFFICULTY, *DEVICE_PLACES)
