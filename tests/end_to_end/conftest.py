"""Borrow the small project that is ready to run."""

from project import contract, instance, project, ready_project

__all__ = ["contract", "instance", "project", "ready_project"]
