# SPDX-License-Identifier: Apache-2.0
"""What cells of one kind share: gates, peepholes, norms, an output layer."""
