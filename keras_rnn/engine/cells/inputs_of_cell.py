# SPDX-License-Identifier: Apache-2.0
"""What a cell makes of x, and which columns of it W does not see."""

from keras_rnn._types import Named, Tensor


class InputsOfCell:
    """The part of the contract of a cell that is about x."""

    def transform_inputs(self, x: Tensor) -> Tensor:
        """What stands in place of x, of one step or of all steps at once.

        It may read weights; autodiff derives its gradient. A cell that
        overrides it writes `num_transformed` too.

        Args:
            x: Tensor `(batch[, time], features)`.
        """
        return x

    def num_transformed(self, num_features: int) -> int:
        """Number of features of what `transform_inputs` returns."""
        return num_features

    def own_columns(self, num_features: int) -> dict[str, slice]:
        """Columns of x that the cell reads itself, name -> slice.

        W sees the others. A cell that has such columns writes
        `columns_gradient` too.
        """
        return {}

    def columns_gradient(self, dz: Named, w: Named) -> dict[str, Tensor]:
        """Gradients of the `own_columns`, of all time steps at once.

        Args:
            dz: As in `weight_gradient`.
            w: Extra weights as `step_gradient` gets them.

        Returns:
            Dict, name of a column -> gradient `(time, batch, width)`.
        """
        return {}
