"""A worker process of the search: ``python -m footpath.planning.gap.worker``.

Reads the problem and then tasks from its standard input, answers on its standard output, and is
gone when the input ends or the process that started it kills it.
"""

import sys
from io import FileIO

from footpath.planning.gap.tasks import serve

if __name__ == "__main__":  # pragma: no cover - another process
    serve(
        FileIO(sys.stdin.fileno(), closefd=False),
        FileIO(sys.stdout.fileno(), "w", closefd=False),
    )
