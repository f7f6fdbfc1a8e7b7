"""HTTP in and out: what programs use (``machine``), pages for members, pages for officers."""
