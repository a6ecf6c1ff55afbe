# SPDX-License-Identifier: Apache-2.0
"""What trainings share: seeds, progress, and going on after a kill."""
