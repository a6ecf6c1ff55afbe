# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from keras_rnn.data.text import next_tokens


@pytest.mark.parametrize("tokens", [9, 10, 23, 24, 25])
@pytest.mark.parametrize("batch_size", [1, 2, 4])
@pytest.mark.parametrize("length", [1, 3, 30])
def test_every_token_but_the_first_is_a_target_once(tokens, batch_size, length):
    stream = np.arange(1, tokens + 1)
    inputs, targets, weights = next_tokens(
        stream, batch_size=batch_size, length=length
    )
    assert inputs.shape == targets.shape == weights.shape
    assert inputs.shape[1] == length
    assert len(inputs) % batch_size == 0
    real = weights == 1
    assert sorted(targets[real].tolist()) == stream[1:].tolist()
    assert (targets[real] == inputs[real] + 1).all()
    assert not inputs[~real].any()
    assert not targets[~real].any()


def test_a_row_continues_in_the_next_batch():
    cut = next_tokens(range(1, 26), batch_size=3, length=4)
    batches = cut.inputs.reshape(-1, 3, 4)
    assert batches[:, 1].ravel().tolist() == list(range(9, 17))


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, 2], "has 2 tokens; batch_size=2 needs 3"),
        ([1, 0, 2], r"Received: ids\[1\]=0 .* 0 is padding"),
        ([[1, 2, 3]], r"ids\[0\]=\[1, 2, 3\] .* join them into one list"),
        ([1.0, 2.0, 3.0], r"ids\[0\]=1\.0"),
        ([1, 2**31, 3], "from 1 to 2147483647"),
    ],
)
def test_what_is_no_stream_is_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        next_tokens(ids, batch_size=2, length=2)


def test_the_former_name_of_the_length_is_answered_with_the_new_one():
    with pytest.raises(TypeError, match=r"no argument `time`.* Write length="):
        next_tokens([1, 2, 3], batch_size=1, time=2)
