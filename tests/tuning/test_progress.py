# SPDX-License-Identifier: Apache-2.0
import io

from keras_rnn.tuning.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def sweep(stream, verbose=1):
    progress = Progress(verbose, 2, 2, "MAE", stream)
    progress.during("lstm", 0, None)
    progress.trained(30.0)
    progress.during("lstm", 1, None)
    progress.trained(30.0)
    progress.after("lstm", 0.5, 0.5)
    progress.after("gru", "failed: no memory", 0.5)
    return stream.getvalue()


def test_a_terminal_gets_one_line_a_trial_written_over():
    first, second, rest = sweep(Terminal()).split("\n")
    lines = first.split("\r")
    assert "training 1/2" in lines[1]
    assert "training 2/2" in lines[2]
    assert "MAE 0.5" in lines[3]
    assert "00:01:00 left" in lines[3]
    assert "trial 2/2  gru" in second
    assert "failed: no memory" in second
    assert rest == ""


def test_a_log_gets_finished_trials_only():
    lines = sweep(io.StringIO()).splitlines()
    assert [line.split()[2] for line in lines] == ["lstm", "gru"]


def test_nothing_is_said_where_nothing_is_asked_for():
    assert sweep(Terminal(), verbose=0) == ""
