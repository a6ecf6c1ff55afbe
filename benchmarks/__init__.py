# SPDX-License-Identifier: Apache-2.0
"""Measured, not claimed: how fast the layers are, and how much they need.

    python -m benchmarks.layers     a training step and a forward pass
    python -m benchmarks.options    masks, dropout, stacks, compiling
    python -m benchmarks.fit        `model.fit` as users see it
    python -m benchmarks.memory     peak memory of a training step
    python -m benchmarks.gradient_gains  through which layers they vanish
    python -m benchmarks.lifetimes  what many models, or many lengths, leave

What is compared stands in contenders.py, what is asked for in targets.py.
"""

import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow, JAX and PyTorch share one GPU, if there is one.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
# Every layer is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
