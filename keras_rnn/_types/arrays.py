# SPDX-License-Identifier: Apache-2.0
"""Tensors, arrays and paths."""

import os
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike as ArrayLike  # what becomes an Array
from numpy.typing import NDArray

# A tensor of whatever backend Keras runs on: they have no type in common.
Tensor: TypeAlias = Any

# Several tensors, such as the states of a cell, or the inputs of a function.
Tensors: TypeAlias = tuple[Tensor, ...]

# Tensors by name: z.f, w.V. A cell reads them as its equations write them.
Named: TypeAlias = SimpleNamespace

# The size of a tensor along each axis, None where it is not known yet.
Shape: TypeAlias = tuple[int | None, ...]

# An array of NumPy whose dtype does not matter, or is not known.
Array: TypeAlias = NDArray[Any]

# An array of NumPy of 64-bit floating-point numbers.
Floats: TypeAlias = NDArray[np.float64]

# The path of a file or a folder, as users write it.
PathLike: TypeAlias = str | os.PathLike[str]
