"""Kinds of columns: what is whole, what is a time, how values become codes and come back, one class per kind.

``Column.kind`` is a name on disk; ``Column.kind_of`` is the object here that knows what the name means. Nobody
else compares names. A new kind is one module here and one line in ``registry``.
"""
