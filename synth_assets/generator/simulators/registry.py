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
from pathlib import Path

from synth_assets.errors import UsageError
from synth_assets.files import sha256_file
from synth_assets.generator.simulators.simulator import Parameter, Simulator
from synth_assets.kinds import Kinds

__all__ = ["MOST_PARAMETERS", "SIMULATORS", "code_digest", "make_simulator", "simulator_class"]

_HERE = "synth_assets.generator.simulators"
SIMULATORS = Kinds(
    what="simulator",
    group="synth_assets.simulators",
    built_in={"machines": f"{_HERE}.machines:Machines", "clinic": f"{_HERE}.clinic:Clinic"},
)
MOST_PARAMETERS = 64
"""More could not be told apart by the tables of a release."""


def simulator_class(name: str) -> type[Simulator]:
    """Return the class of a simulator.

    Raises:
        UsageError: there is no such simulator, it cannot be imported, or it is not one.
    """
    loaded = SIMULATORS.load(name)
    if not (isinstance(loaded, type) and issubclass(loaded, Simulator)):
        raise _wrong(name, "is not a subclass of `Simulator`", "let its entry point name the class")
    ranges = getattr(loaded, "parameters", None) or {}
    if not 0 < len(ranges) <= MOST_PARAMETERS or not all(isinstance(one, Parameter) for one in ranges.values()):
        raise _wrong(name, f"has not 1 to {MOST_PARAMETERS} parameters", "write `parameters = {NAME: Parameter(...)}`")
    if inspect.isabstract(loaded):
        raise _wrong(name, "has no `render`", "write render(self, parameters, rows, rng), which returns columns")
    return loaded


def make_simulator(name: str) -> Simulator:
    """Return a simulator; errors as of :func:`simulator_class`, and an author's own are reported as such."""
    kind = simulator_class(name)
    try:
        return kind()
    except Exception as error:
        raise _wrong(name, f"cannot be made: {type(error).__name__}: {error}", "let it need no argument") from error


def code_digest(name: str) -> str:
    """Return the SHA-256 of the file that a simulator is written in; what that file imports is not in it.

    Raises:
        UsageError: there is no such simulator, or no such file.
    """
    try:
        path = inspect.getsourcefile(simulator_class(name))
    except TypeError:
        path = None
    if path is None or not Path(path).is_file():
        raise _wrong(name, "has no source file, so nobody could tell whether it changed", "write it in a module")
    return sha256_file(Path(path))


def _wrong(name: str, what: str, hint: str) -> UsageError:
    return UsageError(f"simulator {name!r} of package {SIMULATORS.package_of(name)} {what}", hint=hint)
