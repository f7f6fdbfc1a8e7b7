"""``footpath corner check``: is the Question Corner set up so that it can keep its promise?

Each file looks at one side of a deployment and yields faults: what is wrong, and what to do.
Nothing is repaired and nothing is written. The promise: docs/explanation/question-corner.md.
"""

from footpath.config.corner_check.command import check

__all__ = ["check"]
