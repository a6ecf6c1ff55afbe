# SPDX-License-Identifier: Apache-2.0
"""Every public name stands in one table, with its meaning."""

from tests.public_names import BEGIN, END, PAGE, table


def test_the_table_of_public_names_is_up_to_date():
    _, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    written, _, _ = rest.partition(END)
    assert written == table(), "Run `python -m tests.written`."
