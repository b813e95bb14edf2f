"""Made-up projects, ready to be attacked."""

from made_up_project import discovering, project, promoted, promoted_discovery

__all__ = ["discovering", "project", "promoted", "promoted_discovery"]
