"""PRIVATE: holds the permit, draws noise and keeps the journal, in a process of its own."""
