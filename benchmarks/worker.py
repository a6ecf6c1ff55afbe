# SPDX-License-Identifier: Apache-2.0
"""Keras on JAX, in a process of its own that takes turns with the main one.

Keras has one backend a process. The worker reads requests, JSON lists, line by
line from its standard input, answers each with a line, and idles between:

    ["build", name, size]       -> names of the contender's programs
    ["run", name, program]      -> seconds
"""

import json
import os
import subprocess
import sys
from functools import cached_property, partial

from benchmarks import contenders
from benchmarks.sizes import Size


class Worker:
    """The worker as the main process sees it.

    Args:
        python: Python interpreter that has Keras and JAX.
    """

    def __init__(self, python):
        self._python = python

    @cached_property
    def _process(self):
        return subprocess.Popen(
            [self._python, "-m", "benchmarks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "KERAS_BACKEND": "jax"},
        )

    def contender(self, contender):
        """The same layer on JAX."""
        return contenders.Contender(
            name=f"{contender.name} on JAX",
            kind=contender.kind,
            maker=f"{contender.maker} on JAX",
            programs=partial(self._programs, contender.name),
        )

    def _programs(self, name, size):
        names = self._ask("build", name, size)
        return {k: partial(self._ask, "run", name, k) for k in names}

    def _ask(self, *request):
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The JAX worker ended; its error stands above.")
        return json.loads(answer)


def version_of_jax(python):
    """The version of JAX that an interpreter has, or `""`."""
    done = subprocess.run(
        [python, "-c", "import jax; print(jax.__version__)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def main():
    known = {contender.name: contender for contender in contenders.layers()}
    ready = {}

    def build(name, size):
        ready[name] = known[name].programs(Size(*size))
        return list(ready[name])

    def run(name, program):
        return ready[name][program]()

    requests = {"build": build, "run": run}
    for line in sys.stdin:
        request, *arguments = json.loads(line)
        print(json.dumps(requests[request](*arguments)), flush=True)


if __name__ == "__main__":
    main()
