"""The public side of a measurement: checks before charging, the reservation, the start of the measuring process."""

from synth_assets.obtain.release import ObtainedRelease, obtain, obtain_release

__all__ = ["ObtainedRelease", "obtain", "obtain_release"]
