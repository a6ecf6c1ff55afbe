# SPDX-License-Identifier: Apache-2.0
"""Why a training failed, in one line that says the cause."""

import re

#: Longest reason, in characters.
LONGEST = 400
#: Lines that say where something happened rather than what.
NOISE = re.compile(
    r"Graph execution error|Detected at node|<stack traces|\s*File \"|\s+\S"
    r"|Arguments received by|Exception encountered when calling"
    r"|Stack trace for op definition|Original stack trace"
)
#: What colors the text in a terminal.
COLORS = re.compile(r"\x1b\[[0-9;]*m")
#: The end of a line that says where in a graph an operation stands.
NODE = re.compile(r"\s*\[\[\{\{node .*")


def reason_of(error: BaseException) -> str:
    r"""The kind of an error and its message, without traces and arguments.

    Args:
        error: An exception.

    Returns:
        One line.

    Example:
        >>> said = ["Graph execution error:", "", "ids[1] = 9 is too large"]
        >>> reason_of(ValueError("\n".join(said)))
        'ValueError: ids[1] = 9 is too large'
    """
    text = COLORS.sub("", str(error)).split("Arguments received by")[0]
    lines = [NODE.sub("", line).rstrip() for line in text.splitlines()]
    lines = list(filter(None, lines))
    telling = [line for line in lines if not NOISE.match(line)]
    message = " ".join(telling or lines[:1])
    if len(message) > LONGEST:
        message = f"{message[:LONGEST]}…"
    return f"{type(error).__name__}: {message}".rstrip(": ")
