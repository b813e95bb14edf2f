"""A made-up project, ready to be promoted."""

from made_up_project import project, promoted

__all__ = ["project", "promoted"]
