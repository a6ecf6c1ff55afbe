# SPDX-License-Identifier: Apache-2.0
"""Runs the examples as programs, in the process of the tests."""

import contextlib
import io
import logging
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import matplotlib

#: All scripts, those of the lectures among them.
EXAMPLES = sorted((Path(__file__).parents[1] / "examples").rglob("*.py"))


def run(script, *options):
    """Runs a script here, where TensorFlow is already imported."""
    out, err, returncode = io.StringIO(), io.StringIO(), 0
    command = [str(script), *map(str, options)]
    logger = logging.getLogger("tensorflow")
    level = logger.level
    with (
        matplotlib.rc_context(),
        mock.patch.object(sys, "argv", command),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            runpy.run_path(command[0], run_name="__main__")
        except SystemExit as stop:
            if isinstance(stop.code, str):
                err.write(stop.code)
            returncode = int(bool(stop.code))
        finally:
            logger.setLevel(level)
    return subprocess.CompletedProcess(
        command, returncode, out.getvalue(), err.getvalue()
    )


def names_in(name):
    """What a script defines, without a run of its main function."""
    script = next(s for s in EXAMPLES if s.stem == name)
    with matplotlib.rc_context():
        return SimpleNamespace(**runpy.run_path(str(script)))


def run_and_draw(name, tmp_path, *options):
    """The number an example ends with; its picture must be there."""
    script = next(s for s in EXAMPLES if s.stem == name)
    done = run(script, "--picture", tmp_path / "new" / "picture.png", *options)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "picture.png").stat().st_size > 10_000
    return float(done.stdout.split()[-1]), done.stdout
