"""All definitions of the demo project: every contract below ``defs/``."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load every component below ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
