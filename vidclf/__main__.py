"""`python -m vidclf`."""

import sys

from vidclf.cli.app import main

if __name__ == "__main__":  # worker processes import the program, too
    sys.exit(main())
