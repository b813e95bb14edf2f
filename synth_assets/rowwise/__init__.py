"""Public functions of one row: what a tally sorts rows by. Nothing here looks at two rows at once."""
