"""Neural networks that learn from a release: from its tables, or from rows of a mixture that was fitted to it."""
