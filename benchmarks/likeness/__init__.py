"""What gives synthetic rows away: plain functions of two tables of numbers, with NaN for null.

All functions take the real table first. Both have the same columns of floats:
numbers as they are, categories as codes. Nothing here is private: the scripts
that call these functions own the rows.
"""
