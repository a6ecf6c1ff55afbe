# SPDX-License-Identifier: Apache-2.0
"""Folders of Parquet files, and the values in the names of subfolders."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

#: The name that Arrow and Hive give the folder of rows without a value.
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def files_of(path: Path) -> list[Path]:
    """The Parquet files of a path, in the order of their names.

    Args:
        path: pathlib.Path of a file, or of a folder of files `*.parquet`, some
            of them in subfolders called `column=value`.

    Raises:
        FileNotFoundError: If there is nothing at `path`.
        ValueError: If a folder holds no such file.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"`path` must be a Parquet file or a folder of them. Received: "
            f"{str(path)!r}, which does not exist."
        )
    if not path.is_dir():
        return [path]
    found = sorted(
        file
        for file in path.rglob("*.parquet")
        if all("=" in name for name in file.relative_to(path).parts[:-1])
    )
    if not found:
        raise ValueError(
            f"The folder {str(path)!r} holds no file `*.parquet`, nor has it "
            "subfolders `column=value` that do. Write one into it, e.g. "
            "`frame.to_parquet(...)`."
        )
    return found


def label_of(file: Path, column: str | None, schema: Any) -> Any:
    """The value of a column that a folder above a file names, or None.

    Args:
        file: pathlib.Path.
        column: Name of the column.
        schema: Schema of the file. pandas notes the type of the column there;
            without a note the value is text.

    Raises:
        ValueError: If the folder is that of rows without a value.

    Example:
        >>> import pyarrow
        >>> from pathlib import Path
        >>> file = Path("sales/shop=Val%20d%27Aosta/part-0.parquet")
        >>> label_of(file, "shop", pyarrow.schema([]))
        "Val d'Aosta"
    """
    texts = [
        name.partition("=")[2]
        for name in file.parts[:-1]
        if name.partition("=")[:2] == (column, "=")
    ]
    if not texts:
        return None
    if texts[-1] == NO_VALUE:
        raise ValueError(
            f"Column {column!r} has no value in {str(file)!r}. Leave such rows "
            "out when you write, or move the file away."
        )
    text, kind = unquote(texts[-1]), _kind_of(column, schema)
    if kind.startswith(("int", "uint")):
        return int(text)
    return text


def _kind_of(column: str | None, schema: Any) -> str:
    """The type that pandas noted of a column: "int64", "unicode" ...; or ""."""
    for note in (schema.pandas_metadata or {}).get("columns", ()):
        if note["name"] == column:
            return note["pandas_type"]
    return ""
