# SPDX-License-Identifier: Apache-2.0
"""Writes anew what follows from the code: exports, stubs, tables of names.

Run `python -m tests.written` after a new row in a table, or a change of
arguments or public names. Tests fail where something was not written anew.
"""

import subprocess
import sys

# In this order: stubs and tables import what is exported.
PARTS = [
    "tests.layers.exports",
    "tests.layers.stubs",
    "tests.layers.table_of_layers",
    "tests.public_names",
]

if __name__ == "__main__":
    for part in PARTS:
        subprocess.run([sys.executable, "-m", part], check=True)
