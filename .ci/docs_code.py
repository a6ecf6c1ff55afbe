# SPDX-License-Identifier: Apache-2.0
"""Writes the code of README and guides into a folder, for the type checker."""

import re
import shutil
import sys
from pathlib import Path

from tests.test_docs import PROGRAMS

folder = Path(sys.argv[1])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
for title, code in PROGRAMS.items():
    name = re.sub(r"\W+", "_", title).lower()
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
