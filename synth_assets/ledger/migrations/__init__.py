"""How the tables came to be, step by step; run by ``synth-assets ledger migrate``."""
