# SPDX-License-Identifier: Apache-2.0
"""Prints what the package and its extras need, each at its lower bound."""

import itertools
import pathlib
import tomllib

project = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
extras = project["optional-dependencies"]
del extras["test"]  # tools, of which any version will do
for requirement in itertools.chain(project["dependencies"], *extras.values()):
    if not requirement.startswith("keras_rnn["):
        print(requirement.replace(">=", "=="))
