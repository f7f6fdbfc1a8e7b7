"""The process of the Corner that the demonstration is lived in; its work comes as JSON."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date


def main() -> None:
    """Set the Corner's project up, migrate its database, and live."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "footpath.config.corner"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from footpath.config.corner_demo import corner

    given = json.load(sys.stdin)
    summary = corner.live(date.fromisoformat(given["today"]), given["tokens"])
    print(json.dumps(asdict(summary)))


if __name__ == "__main__":
    main()
