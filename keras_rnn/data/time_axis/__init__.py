# SPDX-License-Identifier: Apache-2.0
"""Which moments rows stand for: unique, increasing, at one regular step."""
