"""The audit: evidence that travels with a version, and its verification offline.

``write_bundle`` collects what a promotion rests on, ``verify_bundle`` recomputes
it from the files alone, ``report.html`` says it to people. Nothing here can
reach a private row, the ledger's database or the network. Names are imported on
first use, because whoever reads a manifest needs none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth_assets.audit.bundle import write_bundle
    from synth_assets.audit.evidence import Evidence
    from synth_assets.audit.verify.claims import Claim, Status, conclusion, exit_code
    from synth_assets.audit.verify.judge import verify_bundle

__all__ = ["Claim", "Evidence", "Status", "conclusion", "exit_code", "verify_bundle", "write_bundle"]

_MODULES = {
    "Evidence": "synth_assets.audit.evidence",
    "verify_bundle": "synth_assets.audit.verify.judge",
    "write_bundle": "synth_assets.audit.bundle",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "synth_assets.audit.verify.claims")), name)
