"""A record of discovered categories, for tests of what is made of such records."""

from synth_assets.release import Discovery

__all__ = ["FOUND"]

FOUND = Discovery.of(
    column="city",
    categories=("north", "süd"),
    counts=(120, 80),
    left_out=0,
    scale=5.0,
    threshold=61,
    rho=0.02,
    delta=1e-9,
    draw=0,
    mechanism='{"zero": 0}',
    rule="above",
)
