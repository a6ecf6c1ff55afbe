# SPDX-License-Identifier: Apache-2.0
"""Parquet files as compact frames, read piece by piece."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array, PathLike
from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.parquet.folders import files_of, label_of
from keras_rnn.data.frames.values import check_present

ROWS_AT_ONCE = 2**17


def read_parquet(
    path: PathLike, columns: Columns, *, time: str | None = None
) -> pd.DataFrame:
    """Reads what `prepare` needs of a Parquet file, or of a folder of them.

    For data whose DataFrame does not fit in memory: of each row group only
    the columns in use are decoded, some rows at a time, into one array per
    column. A row takes 8 bytes for its time, 4 or 8 for each number (float32
    stays float32), and 1 to 4 for its series, whose name is stored once. What
    `prepare` makes of it comes on top: 8 bytes for each target, 4 for each
    covariate and calendar feature, 8 for each window. These arrays must fit
    in memory, and that is the limit: 100 million rows of one target are about
    4 GiB.

    Args:
        path: A Parquet file, or a folder of files `*.parquet`, which are read
            in the order of their names as if they were one. In a folder that
            was written with `partition_cols`, subfolders such as `shop=Rome`
            say which series their files belong to.
        columns: `Columns`, the role of each column. The rows of a series must
            stand together, in order of time; a series may continue in the next
            row group or file.
        time: The column of timestamps, dates or integers; None takes that of
            `columns`, or else the index with which pandas wrote the file.

    Returns:
        A DataFrame with the time as its index, of float columns, the series
        as a categorical column.

    Raises:
        ImportError: If pyarrow is not installed.
        FileNotFoundError: If there is nothing at `path`.
        ValueError: If a folder holds no Parquet file, a file lacks a column,
            a column is of another type, or the rows of a series do not stand
            together.

    Example:
        >>> import tempfile
        >>> days = pd.date_range("2024-01-01", periods=3, freq="D")
        >>> frame = pd.DataFrame({"y": [1, 2, 3], "note": "a"}, index=days)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     frame.to_parquet(Path(folder) / "part-0.parquet")
        ...     read_parquet(folder, Columns("y"))
                      y
        2024-01-01  1.0
        2024-01-02  2.0
        2024-01-03  3.0
    """
    parquet = _pyarrow().parquet
    instance("columns", columns, Columns, "Use Columns(target).")
    paths = files_of(Path(path))
    schemas = [_schema(parquet, file) for file in paths]
    time = columns.time if time is None else time
    time = _index_column(schemas[0], paths[0]) if time is None else time
    labels = [
        label_of(file, columns.series, schema)
        for file, schema in zip(paths, schemas, strict=True)
    ]
    for file, schema, label in zip(paths, schemas, labels, strict=True):
        _check(file, schema, schemas[0], columns, time, label)

    rows = sum(parquet.read_metadata(file).num_rows for file in paths)
    table = _Rows(rows, schemas[0], columns, time)
    for file, label in zip(paths, labels, strict=True):
        series = [columns.series] if columns.series and label is None else []
        names = [time, *series, *columns.all]
        # The labels of series are read as numbers of a few names.
        with parquet.ParquetFile(file, read_dictionary=series) as opened:
            for batch in opened.iter_batches(ROWS_AT_ONCE, columns=names):
                table.add(batch, label)
    return table.frame()


class _Rows:
    """The arrays of a frame, filled from the first row to the last."""

    def __init__(
        self, rows: int, schema: Any, columns: Columns, time: str
    ) -> None:
        self.time, self.series = time, columns.series
        self.time_type = schema.field(time).type
        self.times = np.empty(rows, np.int64)
        self.values = {
            name: np.empty(rows, _dtype(schema.field(name).type))
            for name in columns.all
        }
        self.codes = np.empty(rows if self.series else 0, np.int32)
        self.numbers: dict[Any, int] = {}  # name -> number of a series
        self.num_filled = 0

    def add(self, batch: Any, label: Any = None) -> None:
        """Adds the rows of a record batch.

        Args:
            batch: The record batch.
            label: The series of all its rows, or None if a column names them.
        """
        rows = slice(self.num_filled, self.num_filled + len(batch))
        times = batch.column(self.time)
        self._check_present(self.time, times)
        self.times[rows] = _as_integers(times)
        for name, values in self.values.items():
            values[rows] = _as_floats(batch.column(name))
        if self.series:
            series = (
                batch.column(self.series)
                if label is None
                else _pyarrow().repeat(label, len(batch))
            )
            self.codes[rows] = self._codes(series)
        self.num_filled = rows.stop

    def _codes(self, labels: Any) -> Array:
        """The number of the series of each row, in order of appearance."""
        self._check_present(self.series, labels)
        if not _pyarrow().types.is_dictionary(labels.type):
            labels = labels.dictionary_encode()
        entries, appearing = pd.factorize(labels.indices.to_numpy())
        names = labels.dictionary.take(_pyarrow().array(appearing)).to_pylist()
        codes = [self.numbers.setdefault(x, len(self.numbers)) for x in names]
        codes = np.array(codes, np.int32)[entries]
        end = self.num_filled
        before = self.codes[end - 1 : end]  # empty at the start
        wrong = np.flatnonzero(np.diff(codes, prepend=before) < 0)
        if len(wrong):
            names = list(self.numbers)
            row = wrong[0] + (not len(before))
            raise ValueError(
                f"The rows of series {names[codes[row]]!r} do not stand "
                f"together: row {end + row} follows another series. "
                "Sort the rows before writing, e.g. "
                f"`frame.sort_values([{self.series!r}, {self.time!r}])`."
            )
        return codes

    def _check_present(self, name: str | None, column: Any) -> None:
        """Raises a ValueError that names the first row without a value."""
        if column.null_count:
            missing = np.flatnonzero(column.is_null().to_numpy(False))[0]
            raise ValueError(
                f"Column {name!r} has no value in row "
                f"{self.num_filled + missing}. Drop such rows."
            )

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame."""
        values: dict[str, Any] = self.values
        if self.series:
            names: Any = list(self.numbers)
            series = pd.Categorical.from_codes(self.codes, names)
            values = {self.series: series, **values}
        name = None if self.time.startswith("__index_level_") else self.time
        index = _index(self.times, self.time_type).rename(name)
        return pd.DataFrame(values, index=index, copy=False)


def _pyarrow() -> Any:
    """The module, with its Parquet reader."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(
            "Parquet is read with pyarrow, which is not installed. Install it, "
            'e.g. `python -m pip install "keras_rnn[parquet]"`.'
        ) from error
    return pyarrow


def _schema(parquet: Any, file: Path) -> Any:
    """The names and types of the columns of a file."""
    try:
        return parquet.read_schema(file)
    except _pyarrow().ArrowInvalid as error:
        raise ValueError(
            f"{str(file)!r} is no Parquet file. Write one, e.g. with "
            "`frame.to_parquet(...)`."
        ) from error


def _index_column(schema: Any, file: Path) -> str:
    """The one column that was the index of a pandas frame."""
    found = (schema.pandas_metadata or {}).get("index_columns", [])
    if len(found) == 1 and isinstance(found[0], str):
        return found[0]
    raise ValueError(
        f"{str(file)!r} does not say which column is the time. Name it, "
        "`read_parquet(path, columns, time=...)`, or write the file from a "
        "frame whose index it is."
    )


def _check(
    file: Path,
    schema: Any,
    first: Any,
    columns: Columns,
    time: str,
    label: Any = None,
) -> None:
    """Raises a ValueError unless a file has the columns that are needed."""
    types = _pyarrow().types
    series = [columns.series] if columns.series and label is None else []
    for name in (time, *series, *columns.all):
        try:
            check_present(pd.DataFrame(columns=schema.names), name)
        except ValueError as error:
            message = f"{str(file)!r}: {error}"
            raise ValueError(message) from error
    kind = schema.field(time).type
    is_time = types.is_timestamp(kind) or types.is_date(kind)
    if not is_time and not types.is_integer(kind):
        raise ValueError(
            f"The time column {time!r} of {str(file)!r} must hold timestamps, "
            f"dates or integers. Received: {kind}. Convert it, e.g. "
            "`pd.to_datetime(...)`, before writing."
        )
    if kind != first.field(time).type:
        raise ValueError(
            f"The time column {time!r} of {str(file)!r} is of type {kind}, in "
            f"the first file {first.field(time).type}. Write all files alike."
        )
    for name in columns.all:
        kind = schema.field(name).type
        numeric = types.is_integer(kind) or types.is_floating(kind)
        if not (numeric or types.is_boolean(kind) or types.is_decimal(kind)):
            raise ValueError(
                f"Column {name!r} of {str(file)!r} must be numeric. Received: "
                f"{kind}. Convert it, e.g. `pd.to_numeric(frame[{name!r}])`, "
                "before writing."
            )


def _dtype(kind: Any) -> type[np.floating]:
    """The dtype that keeps a column: float32 stays float32."""
    types = _pyarrow().types
    small = types.is_float16(kind) or types.is_float32(kind)
    return np.float32 if small else np.float64


def _as_floats(column: Any) -> Array:
    """Numbers as an array, NaN for what is missing."""
    column = column.cast(_pyarrow().float64(), safe=False)
    return column.to_numpy(zero_copy_only=False)


def _as_integers(column: Any) -> Array:
    """Times as an int64 array; dates as seconds."""
    pyarrow = _pyarrow()
    if pyarrow.types.is_date(column.type):
        column = column.cast(pyarrow.timestamp("s"))
    return column.cast(pyarrow.int64()).to_numpy()


def _index(times: Array, kind: Any) -> pd.Index:
    """The index of times in the unit, and the zone, of a column."""
    types = _pyarrow().types
    if types.is_integer(kind):
        return pd.Index(times)
    if types.is_date(kind):
        return pd.DatetimeIndex(times.view("M8[s]"))
    index = pd.DatetimeIndex(times.view(f"M8[{kind.unit}]"))
    return (
        index
        if kind.tz is None
        else index.tz_localize("UTC").tz_convert(kind.tz)
    )
