"""The cells that tables are about: where columns lie, what was measured of them, and how codes become rows."""
