"""Measured checks: what is asked about a candidate, and the figures that the answers make."""
