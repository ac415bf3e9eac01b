"""`python -m earshot`."""

import sys

from earshot.cli import main

sys.exit(main())
