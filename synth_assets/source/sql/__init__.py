"""PRIVATE: tables of databases, read or counted where they are; no row that is counted there crosses the wire."""
