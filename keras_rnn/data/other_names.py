# SPDX-License-Identifier: Apache-2.0
"""Other names of the arguments of Columns and Windows."""

from keras_rnn._names import each, remedies

COLUMNS: dict[str, str] = remedies(
    {
        "target": "target='sales'",
        "past": "past='visitors'",
        "future": "future='price', or past='visitors' for what is known up to "
        "the cutoff alone",
        "static": "static='size'",
        "series": "series='shop', the column that names the series of a row",
        "time": "time='date'",
        "freq": "freq='D'",
        "calendar": "calendar=('month',) of a Forecaster",
    },
    key="series='shop', the column that names the series of a row",
    **each(
        "frame df data", "Columns('sales'); a frame goes to `fit` or `prepare`"
    ),
    wide="Columns.wide(frame)",
)

WINDOWS: dict[str, str] = remedies(
    {"lookback": "lookback=24", "horizon": "horizon=6"},
    **each(
        "shift offset delay lead", "gap=0, the rows before the first target"
    ),
    **each("step step_size sampling_rate sequence_stride", "stride=1"),
)
