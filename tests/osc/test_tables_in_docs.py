"""The tables that people read are the tables that the program goes by."""

import subprocess
import sys
from pathlib import Path

TABLES = Path(__file__).parents[2] / "packaging" / "patches" / "tables.py"


def test_the_tables_in_the_documentation_are_up_to_date():
    done = subprocess.run(
        [sys.executable, str(TABLES), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
