"""Codebooks of other programs: what an officer published about the columns of a table, one module per format."""
