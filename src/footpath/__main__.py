"""Run the command line with ``python -m footpath``."""

from footpath.config.cli import main

if __name__ == "__main__":
    main()
