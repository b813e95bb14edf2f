"""Classifiers that are fitted to synthetic rows and end as trees or linear weights, so that our own code scores."""
