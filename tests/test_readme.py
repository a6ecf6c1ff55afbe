# SPDX-License-Identifier: Apache-2.0
"""The README is all the documentation there is: its code must run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from keras_rnn.layers import LAYERS

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
SECTIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)
PROGRAMS = {
    section.splitlines()[0]: "\n".join(blocks)
    for section in SECTIONS
    if (blocks := re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S))
}


@pytest.mark.parametrize("section", PROGRAMS)
def test_the_code_of_every_section_runs(section, tmp_path):
    """Each section in a process of its own, as a reader would start it."""
    program = PROGRAMS[section].replace("/tmp/", f"{tmp_path}/")
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_section_stands_once():
    titles = re.findall(r"^#+ .*$", TEXT, re.MULTILINE)
    assert len(titles) == len(set(titles))


def test_the_first_example_is_short():
    lines = PROGRAMS["From a frame to a forecast"].splitlines()
    assert len([line for line in lines if line and "import" not in line]) <= 15


def test_the_table_of_layers_is_the_table_LAYERS():
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \|", TEXT, re.MULTILINE)
    assert {key: name.rpartition(".")[2] for key, name in rows} == {
        key: row.layer.__name__ for key, row in LAYERS.items()
    }


def test_the_test_command_is_the_one_that_ci_runs():
    script = (README.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test command -->" in script
    assert "<!-- test command -->\n```bash\n" in TEXT
