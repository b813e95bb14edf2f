"""The public side of a measurement: what is looked at before paying, reserving, starting the measuring process."""

from synth_assets.obtain.release import ObtainedRelease, obtain, obtain_release

__all__ = ["ObtainedRelease", "obtain", "obtain_release"]
