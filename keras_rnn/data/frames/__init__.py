# SPDX-License-Identifier: Apache-2.0
"""From a DataFrame or a Parquet file to checked arrays, grouped by series."""
