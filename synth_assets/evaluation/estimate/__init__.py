"""Figures with bounds from noisy tallies: arithmetic on public numbers, without rows, models or noise of its own."""
