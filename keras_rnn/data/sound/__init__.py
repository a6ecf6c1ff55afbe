# SPDX-License-Identifier: Apache-2.0
"""From sound to padded frames, in NumPy and the standard library."""

from keras_rnn.data.sound.mel_frames import LogMel, log_mel
from keras_rnn.data.sound.wav import Recording, read_wav

__all__ = ["LogMel", "Recording", "log_mel", "read_wav"]
