# SPDX-License-Identifier: Apache-2.0
"""The table of layers in the README, from the rows of LAYERS.

`python -m tests.written` writes it anew.
"""

from pathlib import Path

from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS

PAGE = Path(__file__).parents[2] / "README.md"
HEADER = "| key | layer | what recurs | reference |\n|---|---|---|---|\n"


def table():
    """The table in Markdown."""
    return HEADER + "".join(
        f"| `{key}` | `{_place(row.layer)}` | {row.recurs} | {row.source} |\n"
        for key, row in LAYERS.items()
    )


def _place(layer):
    ours = issubclass(layer, RecurrentLayer)
    return f"{'keras_rnn' if ours else 'keras.layers'}.{layer.__name__}"


def written(page):
    """The table that stands in a page."""
    _, _, rest = page.partition(HEADER)
    rows, _, _ = rest.partition("\n\n")
    return f"{HEADER}{rows}\n"


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    PAGE.write_text(page.replace(written(page), table()), "utf-8")
