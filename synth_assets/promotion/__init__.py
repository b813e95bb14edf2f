"""Promotion: how a checked candidate becomes the version that people read.

One rename of ``current.json`` is the commit point; what is before it can be
thrown away, what is after it can be repaired. DVC and MLflow are reached
through two protocols, so that neither is imported here. What reads
verdicts is imported on first use: ``status`` does without it.
"""

from typing import TYPE_CHECKING, Any

from synth_assets.promotion.current import Promotion, read_current
from synth_assets.promotion.protocols import ModelRegistry, ModelVersion, VersionFacts, VersionStore
from synth_assets.promotion.reading import PromotedTable, load_promoted
from synth_assets.promotion.status import PromotionStatus, promotion_status, repair

if TYPE_CHECKING:
    from synth_assets.promotion.context import context_of, context_of_scenario
    from synth_assets.promotion.page import write_page

__all__ = [
    "ModelRegistry",
    "ModelVersion",
    "PromotedTable",
    "Promotion",
    "PromotionStatus",
    "VersionFacts",
    "VersionStore",
    "context_of",
    "context_of_scenario",
    "load_promoted",
    "promotion_status",
    "read_current",
    "repair",
    "write_page",
]


def __getattr__(name: str) -> Any:
    if name in ("context_of", "context_of_scenario"):
        from synth_assets.promotion import context

        return getattr(context, name)
    if name == "write_page":
        from synth_assets.promotion.page import write_page

        return write_page
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
