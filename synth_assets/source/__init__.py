"""PRIVATE: the only room that sees rows. It re-exports nothing, so that nothing reaches it by accident."""

__all__: list[str] = []
