"""``footpath corner``: what an administrator does for the Question Corner.

Each command loads the project it belongs to with ``set_up``: the member side, which keeps the keys,
or the Corner itself, which knows nobody.
"""

from __future__ import annotations

import click

from footpath.config.commands import InOrder

MEMBERS = "footpath.config.settings"
CORNER = "footpath.config.corner"


@click.group(cls=InOrder)
def corner() -> None:
    """Keep the Question Corner: its keys, its notice, its server and its checks."""
