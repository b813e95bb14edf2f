"""The arithmetic of privacy: units, losses, what a mechanism costs, and the least noise within a loss.

Pricing needs no data and draws no noise. OpenDP's maps are the only source of scales and losses.
"""

from synth_assets.privacy.loss import (
    ATTO,
    HELD_OUT,
    LARGEST_DELTA,
    MEASURED,
    MOST_ROWS,
    NANO,
    PARTS,
    Cap,
    Neighbours,
    PrivacyLoss,
    PrivacyUnit,
    atto_delta_of,
    compose,
    epsilon_of,
    nano_rho_of,
    rho_of,
    rounded_down,
    rounded_up,
)
from synth_assets.privacy.maps import (
    ThresholdRule,
    map_of,
    old_threshold_excess,
    threshold_delta,
    threshold_map_of,
)

__all__ = [
    "ATTO",
    "HELD_OUT",
    "LARGEST_DELTA",
    "MEASURED",
    "MOST_ROWS",
    "NANO",
    "PARTS",
    "Cap",
    "Neighbours",
    "PrivacyLoss",
    "PrivacyUnit",
    "ThresholdRule",
    "atto_delta_of",
    "compose",
    "epsilon_of",
    "map_of",
    "nano_rho_of",
    "old_threshold_excess",
    "rho_of",
    "rounded_down",
    "rounded_up",
    "threshold_delta",
    "threshold_map_of",
]
