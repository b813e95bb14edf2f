"""Borrow the small project that is ready to run."""

from project import contract, finished, instance, project, promoted_project, ready_project

__all__ = ["contract", "finished", "instance", "project", "promoted_project", "ready_project"]
