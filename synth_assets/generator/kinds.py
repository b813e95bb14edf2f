"""The kinds of generators: a class per name, checked to be a generator.

The names are in ``contract.generator``, below this room, because contracts are validated against them.

Example:
    >>> make_generator("mixture").kind
    'mixture'
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import ValidationError

from synth_assets.contract.generator import GENERATORS, GeneratorSpec
from synth_assets.contract.options import generator_faults
from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.generator.protocol import Generator
from synth_assets.release import Release
from synth_assets.release.kinds import KINDS

__all__ = ["code_of", "generator_class", "generator_kinds", "make_generator", "refuse_domain", "refuse_unreadable"]

_METHODS = ("options", "fit", "sample", "contents", "load", "largest")
_FACTS = ("kind", "reads", "libraries", "method", "domain", "portable")


def generator_kinds() -> tuple[str, ...]:
    """Return the names of all kinds that are installed, ours first."""
    return GENERATORS.names()


def make_generator(kind: str, *, options: Mapping[str, Any] | None = None) -> Generator:
    """Return an unfitted generator.

    Args:
        kind: its name in contracts.
        options: the kind's own options, as in a contract.

    Raises:
        UsageError: there is no such kind, or it has no such options.
    """
    if options and "kind" in options:
        raise UsageError("`kind` is not an option of a generator", hint="give it as the kind")
    try:
        spec = GeneratorSpec.model_validate({**(options or {}), "kind": kind})
    except ValidationError as error:
        raise UsageError(f"generator kind {kind!r} with these options cannot be read", hint=str(error)) from error
    if faults := generator_faults(spec):
        listed = "; ".join(f"{'.'.join(map(str, where))} {message}" for where, message in faults)
        raise UsageError(listed, hint="see what the package of this kind says of its options")
    generator = generator_class(kind)
    return generator(generator.options.model_validate(spec.options))


def generator_class(kind: str) -> type[Generator]:
    """Return the class of a kind; it is imported here, so that other kinds are not imported.

    Raises:
        UsageError: there is no such kind, it cannot be imported, or it is not a generator of that name.
    """
    loaded = GENERATORS.load(kind)
    if faults := list(_faults(loaded, kind)):
        package = GENERATORS.package_of(kind)
        raise UsageError(
            f"{kind!r} of package {package} is not a generator of this version: {'; '.join(faults)}",
            hint="install a version of that package for this synth-assets",
        )
    return cast("type[Generator]", loaded)


def code_of(kind: type[Generator], options: Any) -> dict[str, str]:
    """Return the digests of code that a kind's options name, by what it is; it decides a fit as the options do.

    Raises:
        UsageError: it is not installed.
    """
    code = getattr(kind, "code", None)
    return {} if code is None else dict(code(options if isinstance(options, Mapping) else {}))


def refuse_domain(spec: GeneratorSpec, domain: Domain) -> None:
    """Refuse columns that a kind with these options cannot make, whatever a release says of them.

    Raises:
        UsageError: it cannot; or the kind or what its options name is not installed.
    """
    refuse = getattr(generator_class(spec.kind), "refuse_domain", None)
    if refuse is not None:
        refuse(spec.options, domain)


def _faults(loaded: Any, kind: str) -> Iterator[str]:
    """Say what keeps a class from being a generator; what runs only in a fit would be noticed after paying."""
    missing = [name for name in _METHODS if not callable(getattr(loaded, name, None))]
    missing += [name for name in _FACTS if not hasattr(loaded, name)]
    if missing:
        yield f"it lacks {', '.join(missing)}"
        return
    if loaded.kind != kind:
        yield f"it calls itself {loaded.kind!r}"
    if type(loaded.method) is not int:
        yield "its `method` must be a whole number"
    if unknown := sorted(set(loaded.reads) - set(KINDS)):
        yield f"it reads {unknown[0]!r}, and the kinds of answers are {', '.join(KINDS)}"


def refuse_unreadable(kind: type[Generator], release: Release) -> None:
    """Refuse a release that lacks a kind of answers which the generator needs.

    Raises:
        UsageError: the message names the answers and how to get them.
    """
    lacking = sorted(kind.reads - {answer.kind for answer in release.answers})
    if lacking:
        raise UsageError(
            f"a {kind.kind} is fitted to {' and '.join(sorted(kind.reads))}, and release {release.digest[:12]} has no "
            f"{' and no '.join(lacking)}",
            hint="; ".join(KINDS[name].ask_for for name in lacking) + "; a new release is paid for",
        )
