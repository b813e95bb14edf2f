"""A made-up project, ready to be promoted."""

from made_up_project import discovering, project, promoted

__all__ = ["discovering", "project", "promoted"]
