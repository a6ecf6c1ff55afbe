# SPDX-License-Identifier: Apache-2.0
"""Parquet files and folders of them, as frames that fit in memory."""
