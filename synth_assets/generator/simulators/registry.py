"""Simulators by name, and the digest of their code.

A contract and a bundle name a simulator; the code is what is installed here under that name, as an entry point of the
group ``synth_assets.simulators``. So neither can have anything imported that nobody installed.

Example:
    >>> sorted(make_simulator("clinic").parameters)
    ['arrivals', 'minutes', 'simple']
    >>> len(code_digest("clinic"))
    64
"""

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from synth_assets.errors import UsageError
from synth_assets.files import sha256_bytes, sha256_file
from synth_assets.generator.simulators.simulator import Parameter, Simulator
from synth_assets.kinds import Kinds

__all__ = ["LONGEST_TEXT", "MOST_PARAMETERS", "SIMULATORS", "code_digest", "make_simulator", "simulator_class"]

_HERE = "synth_assets.generator.simulators"
SIMULATORS = Kinds(
    what="simulator",
    group="synth_assets.simulators",
    built_in={"machines": f"{_HERE}.machines:Machines", "clinic": f"{_HERE}.clinic:Clinic"},
)
MOST_PARAMETERS = 64
"""More could not be told apart by the tables of a release."""
LONGEST_TEXT = 128
"""Most characters of a parameter's name, and of what it means."""


def simulator_class(name: str) -> type[Simulator]:
    """Return the class of a simulator.

    Raises:
        UsageError: there is no such simulator, it cannot be imported, or it is not one.
    """
    loaded = SIMULATORS.load(name)
    if not (isinstance(loaded, type) and issubclass(loaded, Simulator)):
        raise _wrong(name, "is not a subclass of `Simulator`", "let its entry point name the class")
    ranges = getattr(loaded, "parameters", None)
    ranges = ranges if isinstance(ranges, Mapping) else {}
    if not 0 < len(ranges) <= MOST_PARAMETERS or not all(map(_is_one, ranges.items())):
        raise _wrong(name, f"has not 1 to {MOST_PARAMETERS} parameters", "write `parameters = {NAME: Parameter(...)}`")
    if inspect.isabstract(loaded):
        raise _wrong(name, "has no `render`", "write render(self, parameters, rows, rng), which returns columns")
    _digest_of(loaded, name)  # of what was imported just now, before anybody can change the file
    return loaded


def make_simulator(name: str) -> Simulator:
    """Return a simulator; errors as of :func:`simulator_class`, and an author's own are reported as such."""
    kind = simulator_class(name)
    try:
        return kind()
    except (Exception, SystemExit) as error:
        raise _wrong(name, f"cannot be made: {type(error).__name__}: {error}", "let it need no argument") from error


def code_digest(name: str) -> str:
    """Return the SHA-256 of the file that a simulator is written in.

    If it has bases in other files, it is that of the digests of all of them, one after the other. What these files
    import is not in it.

    Raises:
        UsageError: there is no such simulator, or no such file.
    """
    return _digest_of(simulator_class(name), name)


@cache
def _digest_of(kind: type[Simulator], name: str) -> str:
    bases = [base for base in kind.__mro__ if issubclass(base, Simulator) and base is not Simulator]
    try:
        paths = dict.fromkeys(Path(inspect.getsourcefile(base) or "") for base in bases)
        digests = [sha256_file(path) for path in paths]
    except (TypeError, OSError) as error:
        what = "has no source file, so nobody could tell whether it changed"
        raise _wrong(name, what, "write it in a module") from error
    return digests[0] if len(digests) == 1 else sha256_bytes("\n".join(digests).encode())


def _is_one(item: tuple[object, object]) -> bool:
    """Return whether a name and what it names are a parameter that can be written down."""
    name, parameter = item
    short = isinstance(name, str) and len(name) <= LONGEST_TEXT
    return short and isinstance(parameter, Parameter) and len(parameter.meaning) <= LONGEST_TEXT


def _wrong(name: str, what: str, hint: str) -> UsageError:
    return UsageError(f"simulator {name!r} of package {SIMULATORS.package_of(name)} {what}", hint=hint)
