"""One folder per dataset, with its contract in `defs.yaml`."""
