"""Made-up projects, ready to be promoted, for those who attack them."""

from made_up_project import discovering, project, promoted, promoted_discovery

__all__ = ["discovering", "project", "promoted", "promoted_discovery"]
