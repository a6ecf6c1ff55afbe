# SPDX-License-Identifier: Apache-2.0
"""Factories, which build an uncompiled `keras.Model` from settings."""

from collections.abc import Callable
from typing import Any

from keras_rnn import _names
from keras_rnn.models.attention.attention import Attention
from keras_rnn.models.attention.score import Score
from keras_rnn.models.attention.table import ATTENTIONS
from keras_rnn.models.autoencoder import (
    Autoencoder,
    as_autoencoder,
    sequence_autoencoder,
)
from keras_rnn.models.blocks.connections import Highway, Residual
from keras_rnn.models.blocks.dilated import Dilated
from keras_rnn.models.blocks.frames import (
    ConvolutionPerFrame,
    FrameMasking,
    Frames,
)
from keras_rnn.models.blocks.inputs import Sequences, Tokens
from keras_rnn.models.blocks.padding import RepeatOverSteps, Reverse, ValidSteps
from keras_rnn.models.blocks.pooling import (
    AttentionPooling,
    LastStep,
    MaxPooling,
    MeanPooling,
    SumPooling,
)
from keras_rnn.models.blocks.reset_rows import ResetRows
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.blocks.whole_inputs import Image, Vector
from keras_rnn.models.checked.ctc_labels import check_ctc
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.conv_lstm import MaskedConvLSTM2D, conv_lstm
from keras_rnn.models.ctc import JoinedSteps, ctc
from keras_rnn.models.decoders.encoder_decoder import EncoderDecoder
from keras_rnn.models.decoders.feedback_decoder import FeedbackDecoder
from keras_rnn.models.decoders.teacher_forcing import (
    TeacherForced,
    teacher_forced,
)
from keras_rnn.models.decoders.token_decoder import TokenDecoder
from keras_rnn.models.decoding.decode import decode
from keras_rnn.models.decoding.decoded import Decoded
from keras_rnn.models.decoding.hypotheses import Hypotheses
from keras_rnn.models.decoding.method import Choice, Method
from keras_rnn.models.decoding.table import DECODERS
from keras_rnn.models.decoding.transcripts.reading import Labels, Reading
from keras_rnn.models.decoding.transcripts.table import CTC_DECODERS
from keras_rnn.models.heads import table as _heads
from keras_rnn.models.heads.characters import CertainBlank
from keras_rnn.models.heads.contract import Answers, ForecastHead, Head
from keras_rnn.models.heads.ctc_loss import CTCLoss
from keras_rnn.models.heads.table import *  # noqa: F403
from keras_rnn.models.heads.table import (
    DISTRIBUTIONS,
    HEADS,
    MultiClass,
    Regression,
    head_for,
)
from keras_rnn.models.many_to_many import AtEveryStep, many_to_many
from keras_rnn.models.many_to_one import many_to_one
from keras_rnn.models.one_to_many import one_to_many
from keras_rnn.models.online.for_inference import for_inference
from keras_rnn.models.online.generate import generate
from keras_rnn.models.online.model_graph import run_graph
from keras_rnn.models.online.predict_online import predict_online, predict_steps
from keras_rnn.models.online.reset_states import ResetStates
from keras_rnn.models.online.stateful_model import StatefulModel
from keras_rnn.models.online.states import get_states, reset_states, set_states
from keras_rnn.models.reconstruction import (
    ReconstructionError,
    reconstruction_error,
)
from keras_rnn.models.seq2seq import seq2seq, with_horizon
from keras_rnn.models.stateful import stateful_forecaster
from keras_rnn.models.training.described import described, described_fields
from keras_rnn.models.training.examples import Examples, PreparedExamples
from keras_rnn.models.training.losses import check_loss
from keras_rnn.models.training.resume import DamagedError, Resume, locked_folder
from keras_rnn.models.training.seeds import seeded
from keras_rnn.models.training.training import Training

__all__ = [
    "ATTENTIONS",
    "CTC_DECODERS",
    "DECODERS",
    "DISTRIBUTIONS",
    "HEADS",
    "Answers",
    "AtEveryStep",
    "Attention",
    "AttentionPooling",
    "Autoencoder",
    "CTCLoss",
    "CertainBlank",
    "Choice",
    "ConvolutionPerFrame",
    "DamagedError",
    "Decoded",
    "Dilated",
    "EncoderDecoder",
    "Examples",
    "FeedbackDecoder",
    "ForecastHead",
    "FrameMasking",
    "Frames",
    "Head",
    "Highway",
    "Hypotheses",
    "Image",
    "JoinedSteps",
    "Labels",
    "LastStep",
    "MaskedConvLSTM2D",
    "MaxPooling",
    "MeanPooling",
    "Method",
    "MultiClass",
    "PreparedExamples",
    "Reading",
    "ReconstructionError",
    "RecurrentModel",
    "Regression",
    "RepeatOverSteps",
    "ResetRows",
    "ResetStates",
    "Residual",
    "Resume",
    "Reverse",
    "Score",
    "Sequences",
    "Stack",
    "StatefulModel",
    "SumPooling",
    "TeacherForced",
    "TokenDecoder",
    "Tokens",
    "Training",
    "ValidSteps",
    "Vector",
    "as_autoencoder",
    "check_ctc",
    "check_loss",
    "conv_lstm",
    "ctc",
    "decode",
    "described",
    "described_fields",
    "for_inference",
    "generate",
    "get_states",
    "head_for",
    "locked_folder",
    "many_to_many",
    "many_to_one",
    "one_to_many",
    "predict_online",
    "predict_steps",
    "reconstruction_error",
    "reset_states",
    "run_graph",
    "seeded",
    "seq2seq",
    "sequence_autoencoder",
    "set_states",
    "stateful_forecaster",
    "teacher_forced",
    "with_horizon",
]
__all__ += _heads.__all__

__getattr__: Callable[[str], Any] = _names.moved(
    __name__,
    compile_defaults="Training(learning_rate=...).compile(model, head)",
    parts="as_autoencoder(model)",
    telling="teacher_forced(targets)",
)
