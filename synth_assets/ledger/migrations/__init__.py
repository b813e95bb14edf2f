"""Steps that create and change the ledger's tables; run by ``synth-assets ledger migrate``."""
