# SPDX-License-Identifier: Apache-2.0
"""Long series in chunks, for models that keep a state between batches."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_rnn._types import Array, ArrayLike
from keras_rnn._validation import boolean, instance, positive_int, received
from keras_rnn.data.cutting.chunks import Rows, runs, strips, whole_chunks
from keras_rnn.data.part import Part

if TYPE_CHECKING:
    from keras_rnn.data.cutting.datasets import Dataset


def stream_batches(
    series: Array | Sequence[Array] | Part,
    *,
    batch_size: int,
    chunk_length: int,
    horizon: int | None = None,
    targets: Array | Sequence[Array] | None = None,
    starts: bool = False,
) -> "Dataset":
    """Batches of chunks: row i of a batch continues row i of the one before.

    The series is cut into `batch_size` strips of equal length, one per row of
    the batch, and each strip into chunks. With 12 steps, batch_size=2 and
    chunk_length=3:

        batch 0    steps 0 1 2    steps 6 7 8
        batch 1    steps 3 4 5    steps 9 10 11

    Every step of a chunk has a target: at step t the rows t + 1 … t + horizon.
    The last rows have none, so there are rows − horizon steps. The first
    steps mod (batch_size · chunk_length) steps, which do not fill a batch, are
    dropped at the beginning of the series: the newest rows are kept. Nothing
    is ever shuffled.

    Several series lie end to end. Each is first shortened to whole chunks, at
    its beginning too, so that no series begins within a chunk. `starts` tells
    the model where a series begins.

    Args:
        series: Array `(time, features)`, a list of such arrays, of any
            lengths, or a `Part` of prepared data with lookback=1: the state
            of the model is its memory.
        batch_size: Number of strips, which are read side by side.
        chunk_length: Number of steps of a chunk: gradients reach back so far.
        horizon: Number of steps to forecast from each step, 1 if None. A
            `Part` has a horizon of its own.
        targets: Array `(time, targets)`, or a list as `series`: the values to
            forecast, row by row beside `series`; the series itself if None.
        starts: Whether the inputs mark where the state must begin at zero: at
            the first chunk of each strip and of each series. Several series
            need it.

    Returns:
        A tf.data.Dataset of (x, y), float32: x of shape (batch_size,
        chunk_length, features), y of shape (batch_size, chunk_length,
        horizon, targets). With `starts`, or static covariates in a `Part`, x
        is a dict of "past", of that shape, "starts", boolean (batch_size,),
        and "static", (batch_size, static). For a `Part` prepared with
        gaps="interpolate" the elements are (x, y, weights), weights of shape
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
    if isinstance(series, Part):
        cut, first_steps, lengths = _of_part(series, horizon, targets)
    else:
        cut, first_steps, lengths = _of_arrays(series, horizon, targets)
    if len(lengths) > 1 and not starts:
        raise ValueError(
            "Several series need `starts=True`, or a state would run from one "
            f"into the next. Received: {len(lengths)} series, starts=False. "
            "Use starts=True, and stateful_forecaster(..., starts=True)."
        )
    chunks, begins = whole_chunks(first_steps, lengths, chunk_length)
    chunks, begins = strips(chunks, begins, batch_size, chunk_length)

    from keras_rnn.data.cutting import datasets

    return datasets.of_chunks(chunks, begins, chunk_length, cut, starts=starts)


def join_chunks(predictions: ArrayLike, batch_size: int) -> Array:
    """Puts the predictions for `stream_batches` in the order of time.

    Args:
        predictions: The result of `model.predict` for all batches, shape
            (batches · batch_size, chunk_length, ...).
        batch_size: As in `stream_batches`.

    Returns:
        Array (steps, ...): the strips end to end, as they lay in the series.
        The last step is the last one that has targets.

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


def _of_part(
    part: Part, horizon: int | None, targets: object
) -> tuple[Callable[..., Any], Sequence[int], Sequence[int]]:
    """Prepares a part for `whole_chunks`.

    Returns:
        The function that cuts windows, and the first step and the number of
        steps of each series.
    """
    _check_part(part, horizon, targets)
    return part.series.cutter.window, *runs(part.cutoffs)


def _of_arrays(
    series: Array | Sequence[Array],
    horizon: int | None,
    targets: Array | Sequence[Array] | None,
) -> tuple[Callable[..., Any], Sequence[int], Sequence[int]]:
    """Prepares plain arrays for `whole_chunks`, laid end to end.

    Returns:
        As `_of_part`.
    """
    horizon = positive_int("horizon", 1 if horizon is None else horizon)
    inputs = _as_arrays("series", series)
    outputs = inputs if targets is None else _as_arrays("targets", targets)
    _check_pairs(inputs, outputs)
    rows = Rows(np.concatenate(inputs), np.concatenate(outputs), horizon)
    ends = np.cumsum([len(array) for array in inputs])
    return (
        rows.window,
        [0, *ends[:-1].tolist()],
        [len(array) - horizon for array in inputs],
    )


def _check_part(part: Part, horizon: int | None, targets: object) -> None:
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
    if part.series.gaps in ("mask", "elapsed"):
        raise ValueError(
            "A stream has no missing rows, because it forecasts at every step. "
            f"Received: a Part prepared with gaps={part.series.gaps!r}. Use "
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


def _as_arrays(name: str, values: Array | Sequence[Array]) -> list[Array]:
    """A list of float32 arrays, each of shape (time, columns)."""
    listed: Sequence[Any] = (
        values if isinstance(values, (list, tuple)) else [values]
    )
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


def _check_pairs(inputs: list[Array], outputs: list[Array]) -> None:
    expected = [len(array) for array in inputs]
    lengths = [len(array) for array in outputs]
    if lengths != expected:
        raise ValueError(
            "`targets` must have a row for every row of `series`. Received: "
            f"{lengths} rows for {expected}. The shift to the future is "
            "made here: pass them unshifted."
        )
