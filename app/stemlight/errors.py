"""What a person can mend: one line that says what was wrong and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Bad input or usage. The command line prints the message as one line and exits with 2."""
