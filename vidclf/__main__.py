"""`python -m vidclf`."""

import sys

from vidclf.cli import main

sys.exit(main())
