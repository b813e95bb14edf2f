"""PRIVATE: draws noise, in a process of its own. It re-exports the public-zone side only, when asked."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth_assets.measurement.obtain import ObtainedRelease, obtain_release

__all__ = ["ObtainedRelease", "obtain_release"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from synth_assets.measurement import obtain

        return getattr(obtain, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
