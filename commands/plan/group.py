"""Before something is done: what it would cost or save, by the whole return with it and without it.

Nothing here is recorded. A plan folds the book once more with events that never happened, and says what it assumed.
"""

from __future__ import annotations

import click

from lotwork.commands.plan.activity import activity_command
from lotwork.commands.plan.harvest import harvest_command
from lotwork.commands.plan.sale import sale_command
from lotwork.commands.plan.set_aside import set_aside_command
from lotwork.commands.plan.structure import structure_command
from lotwork.commands.plan.year_end import year_end_command


@click.group("plan")
def plan_command() -> None:
    """Plan: what a sale, a loss, a structure or a rig would cost or save; nothing is recorded."""


for each in (
    sale_command, harvest_command, set_aside_command, structure_command, activity_command, year_end_command,
):  # fmt: skip
    plan_command.add_command(each)
