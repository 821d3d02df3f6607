"""`python -m stemlight`: the same as `stemlight`."""

import sys

from stemlight.cli import main

if __name__ == "__main__":
    sys.exit(main())
