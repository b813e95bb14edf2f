"""The kinds of checks that follow from a contract: one module per kind, one line each in ``registry``."""
