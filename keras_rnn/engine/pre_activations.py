# SPDX-License-Identifier: Apache-2.0
"""The pre-activations z = x W + h' R + b: where x W is made.

With few features one product [h', x] · [R; W] a step is fastest. With many,
one product x W of all steps before the loop; what follows from it, dW, db and
dx, is then autodiff's, single products as well. It stands in memory for all
steps at once.
"""

from keras import ops

from keras_rnn.engine.cells.products import flat, outer, total
from keras_rnn.engine.masks import zero_unless

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
    num_features, width = kernel.shape
    x = ops.transpose(x, (1, 0, 2))
    z = ops.matmul(ops.reshape(x, (-1, num_features)), kernel) + bias
    return ops.reshape(z, (*ops.shape(x)[:2], width))


class FromInputs:
    """z of h' and x.

    Args:
        kernel: W.
        recurrent_kernel: R.
        bias: b.
    """

    num_weights = 3
    #: The axis of the time in what is `prepared`.
    time_axis = 1

    @staticmethod
    def without_masked(x, mask):
        """The inputs `(batch, time, features)`, harmless where masked.

        Here as they are: the loop's program zeroes what is masked.
        """
        return x

    @staticmethod
    def prepared(x, *weights):
        """What the loop reads of x `(batch, time, features)`; its weights."""
        return x, weights

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
    """z of h' and `input_part`, which stands in the place of x.

    Args:
        recurrent_kernel: R.
    """

    num_weights = 1
    time_axis = 0

    @staticmethod
    def without_masked(x, mask):
        """As `FromInputs.without_masked`."""
        return zero_unless(mask, x)

    @staticmethod
    def prepared(x, kernel, recurrent_kernel, bias):
        """As `FromInputs.prepared`."""
        return input_part(x, kernel, bias), (recurrent_kernel,)

    def __init__(self, recurrent_kernel):
        self.weights = (recurrent_kernel,)
        self.recurrent_kernel = recurrent_kernel

    def at(self, h, x):
        """As `FromInputs.at`."""
        return ops.matmul(h, self.recurrent_kernel) + x

    def gradients(self, h, x, dz):
        """As `FromInputs.gradients`."""
        return dz, (outer(h, dz),)


def form(num_features, training, save_memory=False):
    """Which of the two forms of z to take: the faster one.

    Args:
        num_features: Features of the inputs.
        training: Whether a gradient is likely to follow.
        save_memory: Whether to take the smaller one instead.
    """
    if save_memory:
        return FromInputs
    many = MANY_IN_TRAINING if training else MANY_IN_INFERENCE
    return FromInputPart if num_features >= many else FromInputs
