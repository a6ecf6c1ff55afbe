# SPDX-License-Identifier: Apache-2.0
"""The pre-activations z = x W + h' R + b: where x W is made.

With few features one product [h', x] · [R; W] a step is fastest. With many,
one product x W of all steps before the loop; what follows from it, dW, db and
dx, is then autodiff's, single products as well.
"""

from keras import ops

from keras_rnn.engine.products import flat, outer, total

#: From so many features on x W is made before the loop. Without a gradient XLA
#: leaves the longer sum in the loop unvectorised for some cells.
MANY_IN_TRAINING = 128
MANY_IN_INFERENCE = 512


def input_part(x, kernel, bias):
    """What the inputs give to z at all steps: x W + b.

    Args:
        x: Tensor `(batch, time, features)`.
        kernel: W.
        bias: b.

    Returns:
        Tensor `(time, batch, width of z)`.
    """
    x = ops.transpose(x, (1, 0, 2))
    z = ops.matmul(flat(x), kernel) + bias
    return ops.reshape(z, (*ops.shape(x)[:2], kernel.shape[-1]))


class FromInputs:
    """z of h' and x.

    Args:
        kernel: W.
        recurrent_kernel: R.
        bias: b.
    """

    num_weights = 3
    #: The axis of the time as x arrives.
    time_axis = 1

    def __init__(self, kernel, recurrent_kernel, bias):
        self.weights = (kernel, recurrent_kernel, bias)
        self.kernel, self.recurrent_kernel, self.bias = self.weights
        self.both_kernels = ops.concatenate([recurrent_kernel, kernel])

    def at(self, h, x):
        """The pre-activations of one step."""
        hx = ops.concatenate([h, x], axis=-1)
        return ops.matmul(hx, self.both_kernels) + self.bias

    def gradients(self, h, x, dz):
        """Of all steps at once: of x, and a tuple, of the weights."""
        d_both = outer(ops.concatenate([h, x], axis=-1), dz)
        width = h.shape[-1]
        dx = ops.matmul(flat(dz), ops.transpose(self.kernel))
        d_weights = (d_both[width:], d_both[:width], total(dz))
        return ops.reshape(dx, ops.shape(x)), d_weights


class FromInputPart:
    """z of h' and `input_part`, which comes in the place of x.

    Args:
        recurrent_kernel: R.
    """

    num_weights = 1
    time_axis = 0

    def __init__(self, recurrent_kernel):
        self.weights = (recurrent_kernel,)
        self.recurrent_kernel = recurrent_kernel

    def at(self, h, x):
        """As `FromInputs.at`."""
        return ops.matmul(h, self.recurrent_kernel) + x

    def gradients(self, h, x, dz):
        """As `FromInputs.gradients`."""
        return dz, (outer(h, dz),)


def form(num_features, training):
    """Which of the two forms of z is the faster one.

    Args:
        num_features: Features of the inputs.
        training: Whether a gradient is likely to follow.
    """
    many = MANY_IN_TRAINING if training else MANY_IN_INFERENCE
    return FromInputPart if num_features >= many else FromInputs
