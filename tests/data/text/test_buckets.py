# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys

import pytest

from keras_rnn.data.text import Buckets

WORDS = [f"word{k}" for k in range(2000)]


def test_ids_do_not_change_from_process_to_process():
    program = (
        "from keras_rnn.data.text import Buckets;"
        "print(Buckets(1000).encode(['taipei', 'tokyo']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert done.stdout.split() == ["[917,", "317]"]  # as in the docstring


def test_padding_gets_no_word_and_every_bucket_gets_some():
    assert set(Buckets(20).encode(WORDS)) == set(range(1, 21))


def test_words_spread_evenly():
    # 2000 words in 10 buckets: 200 each, standard deviation 13.
    ids = Buckets(10).encode(WORDS)
    assert all(abs(ids.count(k) - 200) < 5 * 13 for k in range(1, 11))


@pytest.mark.parametrize("wrong", [0, 2.5, True, 2**31])
def test_a_wrong_number_of_buckets_is_refused(wrong):
    with pytest.raises(ValueError, match="num_buckets"):
        Buckets(wrong)
