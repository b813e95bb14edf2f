"""Borrow the kind of generator that another package brings."""

from toy_generator import toy, toy_package

__all__ = ["toy", "toy_package"]
