"""`python -m vidclf`."""

import sys

from vidclf.cli.app import main

sys.exit(main())
