"""PRIVATE: counting on workers. See ``source.cluster.engine``."""
