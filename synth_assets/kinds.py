"""Registries of kinds that packages can provide: ours are listed in code, others by entry points.

An entry point is a line in the metadata of an installed distribution, so the names
are known before anything is imported; a kind is imported when it is requested. Our
own kinds do not use metadata, because that of an editable install may be outdated.

Example:
    >>> shapes = Kinds(what="shape", group="synth_assets.shapes", built_in={"path": "pathlib:PurePath"})
    >>> shapes.names(), shapes.load("path").__name__
    (('path',), 'PurePath')
    >>> shapes.load("cube")
    Traceback (most recent call last):
        ...
    synth_assets.errors.UsageError: shape kind 'cube' is not known
      hint: known kinds: path
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from synth_assets.errors import UsageError

__all__ = ["Kinds"]

_OURS = "synth-assets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """A registry of kinds by name.

    Attributes:
        what: the word for what these are kinds of, in messages.
        group: the group of entry points that other packages use.
        built_in: the location of each of our own kinds, as ``module:name``.
    """

    what: str
    group: str
    built_in: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """Return the names of all kinds, ours first.

        Raises:
            UsageError: another package provides a name that is already used.
        """
        return (*self.built_in, *sorted(self._others()))

    def load(self, name: str) -> Any:
        """Import a kind and return it.

        Raises:
            UsageError: there is no such kind, its package cannot be imported, or another package
                provides a name that is already used.
        """
        others = self._others()
        if name in self.built_in:
            return EntryPoint(name, self.built_in[name], self.group).load()
        if name not in others:
            raise UsageError(
                f"{self.what} kind {name!r} is not known", hint=f"known kinds: {', '.join((*self.built_in, *others))}"
            )
        try:
            return others[name].load()
        except Exception as error:
            raise UsageError(
                f"{self.what} kind {name!r} of package {_package(others[name])} cannot be loaded: "
                f"{type(error).__name__}: {error}",
                hint="install what that package needs, or another version of it",
            ) from error

    def package_of(self, name: str) -> str:
        """Return the distribution that provides an existing kind."""
        return _OURS if name in self.built_in else _package(self._others()[name])

    def _others(self) -> dict[str, EntryPoint]:
        others: dict[str, EntryPoint] = {}
        for point in sorted(entry_points(group=self.group), key=lambda point: (point.name, _package(point))):
            package = _package(point)
            if package == _OURS:
                continue
            if point.name in self.built_in or (point.name in others and others[point.name].value != point.value):
                first = _OURS if point.name in self.built_in else _package(others[point.name])
                raise UsageError(
                    f"packages {first} and {package} both bring the {self.what} kind {point.name!r}",
                    hint=f"remove {package}, or ask its authors for another name",
                )
            others[point.name] = point
        return others


def _package(point: EntryPoint) -> str:
    return point.dist.name.replace("_", "-").lower() if point.dist is not None else "unknown"
