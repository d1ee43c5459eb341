"""How long tests wait, on a machine that may be busy with something else."""

from __future__ import annotations

PATIENCE_SECONDS = 60.0
"""For what must happen: it is waited for no longer than it takes, and only a test that fails waits so long."""
SOON_SECONDS = 10.0
"""What gives up at a deadline of a second or two has given up by then; what does not would hang for a minute."""
HANGS_SECONDS = 60.0
"""How long whatever hangs in a test hangs, unless the test is over before."""
