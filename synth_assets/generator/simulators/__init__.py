"""Simulators: mechanisms that somebody wrote, whose parameters are calibrated to a release."""
