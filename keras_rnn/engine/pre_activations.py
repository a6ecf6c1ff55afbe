# SPDX-License-Identifier: Apache-2.0
"""The pre-activations z = x W + h' R + b: where x W is made.

With few features one product [h', x] · [R; W] per step is fastest. With many
features one product x W of all steps, before the loop, is faster, although it
stands in memory for all steps at once. Autodiff then derives dW, db and dx from
it, as single products too.

W and R have columns that are added, the gates by default; and each may have
columns of its own, which the cell gets apart (`z_of_x` and `z_of_h`).
"""

from keras import ops

from keras_rnn._types import Tensor, Tensors
from keras_rnn.engine.cells.contract import CellContract
from keras_rnn.engine.cells.products import (
    by_name,
    columns_of,
    flat,
    outer,
    side_by_side,
    total,
)
from keras_rnn.engine.cells.recurrent_kernels import Dense

#: From this number of features on, x W is made before the loop. In inference
#: XLA leaves the longer sum in the loop unvectorised for some cells.
MANY_IN_TRAINING = 128
MANY_IN_INFERENCE = 512

#: Below this number of units a block of zeros costs less than a product more.
SMALL = 64

#: The names of two tensors: the gradients of all columns of h' R, and of those
#: columns of z that x W + b alone makes.
OF_H, OF_X = "dz of h", "dz of x"


def input_part(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """The part of z that the inputs make, at all steps: x W + b.

    Args:
        x: Tensor `(batch, time, features)`.
        kernel: W.
        bias: b.

    Returns:
        Tensor `(time, batch, width of x W)`.
    """
    num_features, width = kernel.shape
    x = ops.transpose(x, (1, 0, 2))
    z = ops.matmul(ops.reshape(x, (-1, num_features)), kernel) + bias
    return ops.reshape(z, (*ops.shape(x)[:2], width))


class FromInputPart:
    """Makes z from h' and `input_part`, which the loop gets in place of x.

    Args:
        cell: The cell, whose `z_of_x`, `z_of_h` and `recurrent_form` it reads.
        recurrent_kernel: R, None if there is none.
    """

    #: Which axis of the tensor that `prepared` returns is the time.
    time_axis = 0
    #: Whether x is read before the loop, so that masked steps, which may be
    #: NaN, have to be zeros by then.
    before_the_loop = True

    @staticmethod
    def prepared(
        x: Tensor, kernel: Tensor, bias: Tensor, *recurrent_kernel: Tensor
    ) -> tuple[Tensor, Tensors]:
        """What the loop reads: a tensor made of x, and weights.

        Args:
            x: Tensor `(batch, time, features)`.
            kernel: W.
            bias: b.
            *recurrent_kernel: R, if there is one.
        """
        return input_part(x, kernel, bias), recurrent_kernel

    def __init__(
        self, cell: CellContract, recurrent_kernel: Tensor | None = None
    ) -> None:
        self.cell = cell
        self.recurrent_kernel: Tensor = recurrent_kernel
        added, of_x_alone, of_h_alone = columns_of(cell)
        self.added: tuple[str, ...] = added
        self.of_x_alone: tuple[str, ...] = of_x_alone
        self.of_h_alone: tuple[str, ...] = of_h_alone

    @property
    def weights(self) -> Tensors:
        """The weights that the loop reads, in the order of `prepared`."""
        return () if self.recurrent_kernel is None else (self.recurrent_kernel,)

    def of_inputs(self, x: Tensor) -> Tensor:
        """What the inputs give to z at one step."""
        return x

    def apart(self, of_inputs: Tensor) -> dict[str, Tensor]:
        """The columns that the inputs alone make, by name."""
        if not self.of_x_alone:
            return {}
        count = len(self.added) * self.cell.units
        return by_name(self.of_x_alone, of_inputs[:, count:])

    def at(self, h: Tensor | None, of_inputs: Tensor) -> dict[str, Tensor]:
        """All pre-activations of one step by name.

        Args:
            h: What R sees, `(batch, width)`, None if there is no R.
            of_inputs: What `of_inputs` returns.
        """
        if self.recurrent_kernel is None:
            return by_name(self.of_x_alone, of_inputs)
        of_h = self.cell.recurrent_form.product(h, self.recurrent_kernel)
        if not (self.of_x_alone or self.of_h_alone):
            return by_name(self.added, of_h + of_inputs)
        z = self.apart(of_inputs)
        count = len(self.added) * self.cell.units
        if count:
            z |= by_name(self.added, of_h[:, :count] + of_inputs[:, :count])
        if self.of_h_alone:
            z |= by_name(self.of_h_alone, of_h[:, count:])
        return z

    def gradients(
        self, h: Tensor | None, x: Tensor, errors: dict[str, Tensor]
    ) -> tuple[Tensor, Tensors]:
        """The gradient of x, and those of the weights, of all steps at once.

        Args:
            h: What R saw, None if there is no R.
            x: What the loop got of the inputs.
            errors: The gradients of z, as in `by_name`.
        """
        return self.of_x(errors), self._of_recurrent_kernel(h, errors)

    def _of_recurrent_kernel(self, h, errors):
        if self.recurrent_kernel is None:
            return ()
        return (self.cell.recurrent_form.gradient(h, errors[OF_H]),)

    def of_x(self, errors: dict[str, Tensor]) -> Tensor:
        """The gradient of x W + b."""
        parts = []
        if self.added:
            count = len(self.added) * self.cell.units
            of_h = errors[OF_H]
            parts.append(of_h[..., :count] if self.of_h_alone else of_h)
        if self.of_x_alone:
            parts.append(errors[OF_X])
        return side_by_side(parts)

    def by_name(self, errors: dict[str, Tensor]) -> dict[str, Tensor]:
        """The gradients of all pre-activations by name.

        Args:
            errors: Those of h' R under `OF_H`, those of x alone under `OF_X`.
        """
        dz = {}
        if self.cell.z_of_h:
            dz |= by_name(self.cell.z_of_h, errors[OF_H])
        if self.of_x_alone:
            dz |= by_name(self.of_x_alone, errors[OF_X])
        return dz


class FromInputs(FromInputPart):
    """Makes z from h' and x, inside the loop.

    Args:
        cell: As in `FromInputPart`.
        kernel: W.
        bias: b.
        recurrent_kernel: R, None if there is none.
        in_one_product: Whether [h', x] · [R; W] may be one product.
    """

    time_axis = 1
    before_the_loop = False

    @staticmethod
    def prepared(
        x: Tensor, kernel: Tensor, bias: Tensor, *recurrent_kernel: Tensor
    ) -> tuple[Tensor, Tensors]:
        """As `FromInputPart.prepared`."""
        return x, (kernel, bias, *recurrent_kernel)

    def __init__(
        self,
        cell: CellContract,
        kernel: Tensor,
        bias: Tensor,
        recurrent_kernel: Tensor | None = None,
        *,
        in_one_product: bool = True,
    ) -> None:
        super().__init__(cell, recurrent_kernel)
        self.kernel = kernel
        self.bias = bias
        self.both_kernels: Tensor | None = None
        self.both_biases: Tensor | None = None
        if in_one_product and self._has_one_product():
            self.both_kernels, self.both_biases = self._side_by_side()

    def _has_one_product(self):
        """Whether one product [h', x] · [R; W] makes all columns of z."""
        dense = isinstance(self.cell.recurrent_form, Dense)
        if not (dense and self.added):
            return False
        # Columns of one side alone need blocks of zeros, which cost less than
        # a second product if they are small.
        apart = self.of_x_alone or self.of_h_alone
        small = self.cell.units < SMALL and not adjusts(self.cell)
        return small or not apart

    def _side_by_side(self):
        """[R; W] and b, with zeros where a column is of one side alone."""
        count = len(self.added) * self.cell.units
        of_x = self.kernel.shape[-1] - count
        of_h = self.recurrent_kernel.shape[-1] - count
        R, R_alone = ops.split(self.recurrent_kernel, [count], axis=-1)
        R = ops.pad(R, [(0, 0), (0, of_x)])
        W = ops.pad(self.kernel, [(0, 0), (0, of_h)])
        of_R = ops.concatenate([R, R_alone], axis=-1)
        return ops.concatenate([of_R, W]), ops.pad(self.bias, [(0, of_h)])

    @property
    def weights(self) -> Tensors:
        """As `FromInputPart.weights`."""
        return (self.kernel, self.bias, *super().weights)

    def of_inputs(self, x: Tensor) -> Tensor:
        """As `FromInputPart.of_inputs`."""
        if self.both_kernels is not None:
            return x
        return ops.matmul(x, self.kernel) + self.bias

    def at(self, h: Tensor | None, of_inputs: Tensor) -> dict[str, Tensor]:
        """As `FromInputPart.at`."""
        if self.both_kernels is None:
            return super().at(h, of_inputs)
        hx = ops.concatenate([h, of_inputs], axis=-1)
        return by_name(
            (*self.added, *self.of_x_alone, *self.of_h_alone),
            ops.matmul(hx, self.both_kernels) + self.both_biases,
        )

    def apart(self, of_inputs: Tensor) -> dict[str, Tensor]:
        """As `FromInputPart.apart`."""
        return {} if self.both_kernels is not None else super().apart(of_inputs)

    def gradients(
        self, h: Tensor, x: Tensor, errors: dict[str, Tensor]
    ) -> tuple[Tensor, Tensors]:
        """As `FromInputPart.gradients`."""
        of_x = self.of_x(errors)
        dx = ops.matmul(flat(of_x), ops.transpose(self.kernel))
        dx = ops.reshape(dx, ops.shape(x))
        if self.of_x_alone or self.of_h_alone or self.both_kernels is None:
            of_R = self._of_recurrent_kernel(h, errors)
            return dx, (outer(x, of_x), total(of_x), *of_R)
        d_both = outer(ops.concatenate([h, x], axis=-1), of_x)
        width = h.shape[-1]
        return dx, (d_both[width:], total(of_x), d_both[:width])


def form(
    num_features: int, training: bool, save_memory: bool = False
) -> type[FromInputPart]:
    """Which of the two forms of z to take: the faster one.

    Args:
        num_features: Features of the inputs.
        training: Whether a gradient is likely to follow.
        save_memory: Whether to take the form that needs less memory instead.
    """
    if save_memory:
        return FromInputs
    many = MANY_IN_TRAINING if training else MANY_IN_INFERENCE
    return FromInputPart if num_features >= many else FromInputs


def adjusts(cell: CellContract) -> bool:
    """Whether R and the step see states that the cell has adjusted."""
    return type(cell).adjust is not CellContract.adjust
