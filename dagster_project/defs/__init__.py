"""One folder a dataset, with its contract in `defs.yaml`."""
