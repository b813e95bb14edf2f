"""The audit: evidence that travels with a version, and its verification offline.

``write_bundle`` collects what a promotion rests on, ``verify_bundle`` recomputes
it from the files alone, ``report.html`` says it to people. Nothing here can
reach a private row, the ledger's database or the network.
"""

from synth_assets.audit.bundle import write_bundle
from synth_assets.audit.evidence import Evidence
from synth_assets.audit.verify.claims import Claim, Status, conclusion, exit_code
from synth_assets.audit.verify.judge import verify_bundle

__all__ = ["Claim", "Evidence", "Status", "conclusion", "exit_code", "verify_bundle", "write_bundle"]
