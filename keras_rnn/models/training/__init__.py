# SPDX-License-Identifier: Apache-2.0
"""What all trainings share: settings, seeds, progress, and resuming."""
