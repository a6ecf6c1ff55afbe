# SPDX-License-Identifier: Apache-2.0
"""Long series in chunks, for models that keep a state between batches."""

from dataclasses import dataclass

import numpy as np

from keras_rnn._validation import boolean, instance, positive_int, received
from keras_rnn.data.part import Part
from keras_rnn.data.representations.arithmetic import take


def stream_batches(
    series,
    *,
    batch_size,
    chunk_length,
    horizon=None,
    targets=None,
    starts=False,
):
    """Batches of chunks: row i of a batch continues row i of the one before.

    The series is cut into `batch_size` strips of equal length, one a row of
    the batch, and each strip into chunks. With 12 steps, batch_size=2 and
    chunk_length=3:

        batch 0    steps 0 1 2    steps 6 7 8
        batch 1    steps 3 4 5    steps 9 10 11

    Every step of a chunk has a target: at step t the rows t + 1 … t + horizon.
    A step without them is none, so there are rows − horizon steps. What does
    not fill the last batch is dropped at the beginning of the series, the
    first steps mod (batch_size · chunk_length) steps: the newest rows are
    kept. Nothing is ever shuffled.

    Several series lie end to end; each is first shortened to whole chunks,
    at its beginning too, so that none begins within a chunk. `starts` tells
    the model where.

    Args:
        series: Array `(time, features)`, a list of such arrays, of any
            lengths, or a `Part` of prepared data with lookback=1: the state
            of the model is its memory.
        batch_size: Strips read side by side.
        chunk_length: Steps of a chunk: how far gradients reach back.
        horizon: Steps forecast from each step, 1 if None. A `Part` has its
            own.
        targets: Array `(time, targets)`, or a list as `series`: what to
            forecast, row by row beside `series`; the series itself if None.
        starts: Whether to say where the state must begin at zero: at the
            first chunk of each strip and of each series. Several series need
            it.

    Returns:
        A tf.data.Dataset of (x, y), float32: x of shape (batch_size,
        chunk_length, features), y of shape (batch_size, chunk_length,
        horizon, targets). With `starts`, or static covariates in a `Part`, x
        is a dict of "past" (that), "starts", boolean (batch_size,), and
        "static", (batch_size, static). Of a `Part` prepared with
        gaps="interpolate" it is one of (x, y, weights), weights of shape
        (batch_size, chunk_length, horizon, 1): 0 where a target was missing.

    Raises:
        TypeError: If `series` or `targets` is of another kind.
        ValueError: If a series is too short, has missing values, or lengths
            do not agree.

    Example:
        >>> steps = np.arange(13.0)[:, np.newaxis]
        >>> batches = stream_batches(steps, batch_size=2, chunk_length=3)
        >>> for x, y in batches:
        ...     print(x.numpy()[:, :, 0].tolist(), y.numpy()[:, -1].ravel())
        [[0.0, 1.0, 2.0], [6.0, 7.0, 8.0]] [3. 9.]
        [[3.0, 4.0, 5.0], [9.0, 10.0, 11.0]] [ 6. 12.]
    """
    positive_int("batch_size", batch_size)
    positive_int("chunk_length", chunk_length)
    boolean("starts", starts)
    source = _of_part if isinstance(series, Part) else _of_arrays
    cut, first_steps, lengths = source(series, horizon, targets)
    if len(lengths) > 1 and not starts:
        raise ValueError(
            "Several series need `starts=True`, or a state would run from one "
            f"into the next. Received: {len(lengths)} series, starts=False. "
            "Use starts=True, and stateful_forecaster(..., starts=True)."
        )
    chunks, begins = _chunks(first_steps, lengths, chunk_length)
    chunks, begins = _strips(chunks, begins, batch_size, chunk_length)

    from keras_rnn.data.cutting import datasets

    return datasets.of_chunks(chunks, begins, chunk_length, cut, starts=starts)


@dataclass(frozen=True, eq=False)
class Rows:
    """Plain arrays, cut as a `WindowCutter` cuts windows of lookback 1.

    Args:
        values: Float32, shape (rows, features).
        answers: Float32, shape (rows, targets).
        horizon: Number of rows that a model forecasts.
    """

    values: np.ndarray
    answers: np.ndarray
    horizon: int

    def window(self, cutoffs):
        """Rows, (steps, 1, features), and those after, (steps, horizon, n)."""
        ahead = np.arange(1, self.horizon + 1)
        answers = take(self.answers, cutoffs[:, np.newaxis] + ahead)
        return take(self.values, cutoffs)[:, np.newaxis], answers


def join_chunks(predictions, batch_size):
    """Puts the predictions for `stream_batches` in the order of time.

    Args:
        predictions: What `model.predict` returned for all batches, shape
            (batches · batch_size, chunk_length, ...).
        batch_size: Strips read side by side.

    Returns:
        Array (steps, ...): the strips end to end, as they lay in the series.
        The last of them is the last step that has targets.

    Raises:
        ValueError: If the predictions do not fill whole batches.

    Example:
        >>> chunks = np.array([[0, 1, 2], [6, 7, 8], [3, 4, 5], [9, 10, 11]])
        >>> join_chunks(chunks, batch_size=2).tolist()
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """
    positive_int("batch_size", batch_size)
    chunks = np.asarray(predictions)
    if chunks.ndim < 2 or len(chunks) % batch_size:
        raise ValueError(
            "`predictions` must have the shape (batches · batch_size, "
            f"chunk_length, ...), batch_size={batch_size}. "
            f"Received: {chunks.shape}. Predict all of the dataset."
        )
    by_batch = chunks.reshape(-1, batch_size, *chunks.shape[1:])
    return by_batch.swapaxes(0, 1).reshape(-1, *chunks.shape[2:])


def _of_part(part, horizon, targets):
    """What cuts windows, and the first step and the number of each series."""
    _check_part(part, horizon, targets)
    return part.series.cutter.window, *_runs(part.cutoffs)


def _of_arrays(series, horizon, targets):
    """The same for plain arrays, laid end to end."""
    horizon = positive_int("horizon", 1 if horizon is None else horizon)
    arrays = _as_arrays("series", series)
    answers = arrays if targets is None else _as_arrays("targets", targets)
    _check_pairs(arrays, answers)
    rows = Rows(np.concatenate(arrays), np.concatenate(answers), horizon)
    ends = np.cumsum([len(array) for array in arrays])
    return (
        rows.window,
        [0, *ends[:-1]],
        [len(array) - horizon for array in arrays],
    )


def _runs(cutoffs):
    """First cutoff and length of each run of successive rows."""
    begins = np.flatnonzero(np.diff(cutoffs, prepend=cutoffs[0] - 2) != 1)
    return cutoffs[begins], np.diff(begins, append=len(cutoffs))


def _chunks(first_steps, lengths, chunk_length):
    """First step of each chunk, and whether a series begins with it."""
    firsts, begins = [], []
    for number, (first, length) in enumerate(
        zip(first_steps, lengths, strict=True)
    ):
        count = max(length, 0) // chunk_length
        if not count and len(lengths) > 1:
            raise ValueError(
                f"Series {number} has {max(length, 0)} steps with a target; "
                f"chunk_length={chunk_length} needs {chunk_length}. "
                "Lower `chunk_length` or leave the series out."
            )
        rest = max(length, 0) - count * chunk_length
        firsts += [first + rest + k * chunk_length for k in range(count)]
        begins += [k == 0 for k in range(count)]
    return np.array(firsts, dtype=np.int64), np.array(begins, dtype=bool)


def _strips(chunks, begins, batch_size, chunk_length):
    """Both as (batches, batch_size): column i is strip i, in order of time."""
    num_batches = len(chunks) // batch_size
    if not num_batches:
        raise ValueError(
            f"The series gives {len(chunks)} chunks of {chunk_length} steps "
            f"with a target; batch_size={batch_size} needs {batch_size}. "
            "Lower `chunk_length`, `batch_size` or `horizon`."
        )
    used = slice(len(chunks) - num_batches * batch_size, None)
    chunks = chunks[used].reshape(batch_size, num_batches).T
    begins = begins[used].reshape(batch_size, num_batches).T.copy()
    begins[0] = True  # nothing is known of the time before a strip
    return chunks, begins


def _check_part(part, horizon, targets):
    if horizon is not None or targets is not None:
        raise ValueError(
            "A Part has its own horizon and targets. Received: "
            f"horizon={horizon!r}, targets={targets!r}. "
            "Set them in `Windows` and `Columns`."
        )
    windows = part.series.windows
    if windows.lookback != 1 or windows.stride != 1:
        raise ValueError(
            "A stream needs Windows(lookback=1, stride=1): the state of the "
            f"model is its memory of the past. Received: {windows!r}. "
            "Prepare the data with lookback=1."
        )
    if part.series.skipped is not None:
        raise ValueError(
            "A stream has no missing rows, for every step of it is answered. "
            'Received: a Part prepared with gaps="mask". Use '
            'gaps="interpolate".'
        )
    if part.series.columns.future:
        raise ValueError(
            "A stream has no future covariates. Received: "
            f"future={part.series.columns.future!r}. Name them under `past`."
        )
    if not part.has_targets:
        raise ValueError(
            f"The {part.name} part has no targets yet. Read its rows with "
            "predict_online."
        )


def _as_arrays(name, values):
    """A list of float32 arrays, each (time, columns)."""
    listed = values if isinstance(values, (list, tuple)) else [values]
    remedy = "Use `frame.to_numpy()`, or a part of `prepare(...)`."
    for array in listed:
        instance(name, array, np.ndarray, remedy)
    if not listed:
        raise ValueError(
            f"`{name}` must hold a series. {received(name, values)}"
        )
    widths = {array.shape[1:] for array in listed}
    if len(widths) > 1 or len(next(iter(widths))) != 1:
        raise ValueError(
            f"`{name}` must have the shape (time, columns), all series the "
            f"same columns. Received: {[array.shape for array in listed]}. "
            "Use `array[:, np.newaxis]` for a single column."
        )
    arrays = [array.astype(np.float32) for array in listed]
    for number, array in enumerate(arrays):
        missing = np.flatnonzero(~np.isfinite(array).all(axis=1))
        if len(missing):
            raise ValueError(
                f"`{name}` must be finite. Received: series {number} is not "
                f"in row {missing[0]}. Fill the row, or cut the series there."
            )
    return arrays


def _check_pairs(arrays, answers):
    lengths = [len(a) for a in arrays], [len(a) for a in answers]
    if lengths[0] != lengths[1]:
        raise ValueError(
            "`targets` must have a row for every row of `series`. Received: "
            f"{lengths[1]} rows for {lengths[0]}. The shift to the future is "
            "made here: pass them unshifted."
        )
