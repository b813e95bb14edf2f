"""Several kinds as one: each draws a share of the rows, and the shares are chosen on the release.

What one kind misses another may have: their errors differ, so a mix of them can be nearer to the released tables
than the best of them. The shares minimise the chi-square of the mixed tables, which is a quadratic form in them.

Example:
    >>> best_shares(np.array([[1.0, 0.0], [0.0, 3.0]])).round(6).tolist()
    [0.75, 0.25]
"""

import json
from collections.abc import Mapping, Sequence
from copy import copy
from itertools import chain, combinations
from typing import Any, ClassVar, Self, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synth_assets.contract.generator import GeneratorSpec, Named, Options
from synth_assets.contract.options import generator_faults
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import json_bytes
from synth_assets.generator.abilities import answering, keeping, refitting, under
from synth_assets.generator.condition import Condition
from synth_assets.generator.kinds import code_of, generator_class, make_generator, refuse_domain, refuse_unreadable
from synth_assets.generator.protocol import Generator, Progress
from synth_assets.generator.rows import make_rng
from synth_assets.generator.rules import Rules
from synth_assets.generator.simulation import draw_tables
from synth_assets.release import Level, Release

__all__ = ["EnsembleGenerator", "EnsembleOptions", "best_shares"]

Floats = NDArray[np.float64]
FORMAT_VERSION = 1
DRAWN = 1 << 17
"""Rows of each member by which it is compared with the release."""
_FILE = "ensemble.json"
_MOST_BYTES = 4096
_RIDGE = 1e-9
"""Part of the trace that is added to the diagonal, so that members that are the same share evenly."""
_CLOSE = 1e-9
"""Shares add up to one, up to double precision."""
_FIT_AGAIN = "fit the generator again: that is free"


class EnsembleOptions(Options):
    """What a contract may set."""

    members: tuple[Named, ...] = Field(
        default=(GeneratorSpec(kind="mixture"), GeneratorSpec(kind="gan")),
        strict=False,
        min_length=2,
        max_length=6,
        description="Kinds of generators, each by its name or as `{kind: ..., options}`; no two may be the same.",
    )

    @field_validator("members")
    @classmethod
    def _known(cls, members: tuple[GeneratorSpec, ...]) -> tuple[GeneratorSpec, ...]:
        for member in members:
            if member.kind == EnsembleGenerator.kind:
                raise ValueError("an ensemble is no member of another: list its members instead")
            for where, message in generator_faults(member):
                raise ValueError(f"member {member.kind}: {'.'.join(map(str, where[1:]))} {message}")
        if any(first == second for first, second in combinations(members, 2)):
            raise ValueError("two members are the same: each must be another kind or have other options")
        return members


class EnsembleGenerator:
    """Implements ``Generator``; ``Answering``, ``Refitting``, ``Conditioning`` and ``Keeping`` as far as members do."""

    kind: ClassVar[str] = "ensemble"
    reads: ClassVar[frozenset[str]] = frozenset({"marginals"})
    options: ClassVar[type[EnsembleOptions]] = EnsembleOptions
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "torch")
    method: ClassVar[int] = 1

    def __init__(self, options: EnsembleOptions | None = None) -> None:
        self._options = options or EnsembleOptions()
        self._members: tuple[Generator, ...] = ()
        self._shares: Floats = np.zeros(0)

    @classmethod
    def code(cls, options: Mapping[str, Any]) -> dict[str, str]:
        """Return the digests of the code that members' options name."""
        members = EnsembleOptions.model_validate(dict(options)).members
        return {
            what: digest
            for member in members
            for what, digest in code_of(generator_class(member.kind), member.options).items()
        }

    @classmethod
    def refuse_domain(cls, options: Mapping[str, Any], domain: Domain) -> None:
        """Refuse columns that a member refuses."""
        for member in EnsembleOptions.model_validate(dict(options)).members:
            refuse_domain(member, domain)

    @property
    def domain(self) -> Domain:
        """See ``Generator``."""
        return self._fitted()[0].domain

    @property
    def portable(self) -> bool:
        """See ``Generator``; if all members are."""
        return all(member.portable for member in self._fitted())

    @property
    def shares(self) -> Floats:
        """Share of the rows that each member draws, shape (members,)."""
        return self._shares.copy()

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """See ``Generator``; fits each member, and chooses the shares."""
        members = tuple(make_generator(spec.kind, options=spec.options) for spec in self._options.members)
        for number, member in enumerate(members, start=1):
            if progress is not None:
                progress(f"member {number} of {len(members)}: {member.kind}")
            refuse_unreadable(type(member), release)
            member.fit(release, seed=seed, device=device, progress=progress)
        self._members = members
        self._shares = best_shares(_chi_squares(members, release, seed=seed))
        if progress is not None:
            listed = zip(members, self._shares, strict=True)
            progress("shares: " + ", ".join(f"{member.kind} {share:.2f}" for member, share in listed))

    def refit(self, release: Release, *, seed: int) -> Self:
        """See ``Refitting``; the shares stay as they are."""
        refitted = tuple(refitting(member).refit(release, seed=seed) for member in self._fitted())
        return self._with(cast("tuple[Generator, ...]", refitted))

    def given(self, where: Condition) -> Self:
        """See ``Conditioning``; members count as much as they make the condition probable."""
        narrowed, names = [], tuple(where.weights)
        chances = np.zeros(self._shares.size)
        for place, member in enumerate(self._fitted()):
            table = answering(member).marginal(names, level="fine")
            for axis, name in enumerate(names):
                table = np.moveaxis(np.moveaxis(table, axis, -1) * np.array(where.weights[name]), -1, axis)
            chances[place] = self._shares[place] * table.sum()
            if chances[place] > 0:
                narrowed.append(under(member, where))
        if not narrowed:
            raise UsageError(f"the model gives `{where}` no probability", hint="ask for something less rare")
        chances = chances[chances > 0]
        return self._with(tuple(narrowed), chances / chances.sum())

    def keeping(self, rules: Rules) -> Self:
        """See ``Keeping``; for those members that can."""
        return self._with(tuple(keeping(member, rules) for member in self._fitted()))

    def marginal(self, attributes: Sequence[str], *, level: Level = "coarse") -> Floats:
        """See ``Answering``."""
        tables = [answering(member).marginal(attributes, level=level) for member in self._fitted()]
        return np.asarray(np.tensordot(self._shares, np.stack(tables), axes=1))

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Generator``; the rows of the members are shuffled."""
        members, rng = self._fitted(), make_rng(seed, shard=shard, attempt=attempt)
        ends = np.floor(np.cumsum(self._shares) * rows + rng.random()).astype(np.int64)
        ends[-1] = rows
        counts = np.diff(np.minimum(ends, rows), prepend=0)
        seeds = np.random.SeedSequence(seed).generate_state(len(members), np.uint64) >> 1
        parts = [
            member.sample(int(count), seed=int(own), shard=shard, attempt=attempt)
            for member, count, own in zip(members, counts, seeds, strict=True)
        ]
        table = pa.Table.from_batches(parts).take(pa.array(rng.permutation(rows))).combine_chunks()
        batches = table.to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=parts[0].schema)

    def contents(self) -> dict[str, bytes]:
        """See ``Generator``; the files of a member begin with its place."""
        members = self._fitted()
        facts = {"format_version": FORMAT_VERSION, "members": [member.kind for member in members]}
        files = {_FILE: json_bytes({**facts, "shares": self._shares.tolist()})}
        return files | {
            f"{place}-{name}": content
            for place, member in enumerate(members)
            for name, content in member.contents().items()
        }

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """See ``Generator``."""
        kinds, shares = _read(contents[_FILE])
        members = []
        for place, kind in enumerate(kinds):
            mine = [name for name in contents if name.startswith(f"{place}-")]
            own = {name.partition("-")[2]: contents[name] for name in mine}
            try:
                members.append(generator_class(kind).load(own, release=release))
            except KeyError as error:
                raise IntegrityError(f"files of member {place}, a {kind}, are missing", hint=_FIT_AGAIN) from error
        generator = cls()
        generator._members, generator._shares = tuple(members), shares
        if any(member.domain != members[0].domain for member in members):
            raise IntegrityError("the members have other columns than one another", hint=_FIT_AGAIN)
        return generator

    def largest(self, release: Release) -> Mapping[str, int]:
        """See ``Generator``; of the members that the options name."""
        files = {_FILE: _MOST_BYTES}
        for place, spec in enumerate(self._options.members):
            member = make_generator(spec.kind, options=spec.options)
            files |= {f"{place}-{name}": size for name, size in member.largest(release).items()}
        return files

    def _fitted(self) -> tuple[Generator, ...]:
        if not self._members:
            raise UsageError("this generator is not fitted", hint="call fit, or load a fitted one")
        return self._members

    def _with(self, members: tuple[Generator, ...], shares: Floats | None = None) -> Self:
        changed = copy(self)
        changed._members, changed._shares = members, self._shares if shares is None else shares  # noqa: SLF001 - of this class
        return changed


def best_shares(gram: Floats) -> Floats:
    """Return the shares, at least 0 and adding up to 1, that minimise the quadratic form ``shares @ gram @ shares``.

    The minimum lies inside some face of the simplex, where it has a closed form; there are few members, so all
    faces are tried.

    Args:
        gram: products of the members' residuals, shape (members, members).
    """
    size = len(gram)
    regular = gram + (_RIDGE * float(np.trace(gram)) or 1.0) * np.eye(size)
    best, least = np.full(size, 1 / size), np.inf
    for face in chain.from_iterable(combinations(range(size), count) for count in range(1, size + 1)):
        inside = np.linalg.solve(regular[np.ix_(face, face)], np.ones(len(face)))
        shares = np.zeros(size)
        shares[list(face)] = inside / inside.sum()
        if (shares >= 0).all() and (reached := float(shares @ regular @ shares)) < least:
            best, least = shares, reached
    return best


def _chi_squares(members: Sequence[Generator], release: Release, *, seed: int) -> Floats:
    """Return the products of the members' deviations from the released tables, in units of their noise and sampling."""
    total = max(1.0, release.total())
    drawn = [draw_tables(member, release, rows=DRAWN, seed=seed) for member in members]
    gram = np.zeros((len(members), len(members)))
    for marginal, *tables in zip(release.marginals, *drawn, strict=True):
        shares = np.stack([table.ravel() / DRAWN for table in tables])
        rest = shares - marginal.counts.ravel() / total
        variance = (marginal.scale / total) ** 2 + np.maximum(shares.mean(axis=0), 1 / DRAWN) / DRAWN
        gram += (rest / variance) @ rest.T
    return gram


def _read(content: bytes) -> tuple[list[str], Floats]:
    """Return kinds and shares out of a file that may come from anybody.

    Raises:
        IntegrityError: it does not say them.
    """
    try:
        facts = json.loads(content)
        kinds, listed = facts["members"], facts["shares"]
        good = facts["format_version"] == FORMAT_VERSION and set(facts) == {"format_version", "members", "shares"}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise IntegrityError("the ensemble is not readable", hint=_FIT_AGAIN) from error
    good = good and isinstance(kinds, list) and isinstance(listed, list) and 1 < len(kinds) == len(listed)
    good = good and all(isinstance(kind, str) and kind != EnsembleGenerator.kind for kind in kinds)
    good = good and all(type(share) is float and 0 <= share <= 1 for share in listed)
    if not good or abs(sum(listed) - 1) > _CLOSE:
        raise IntegrityError("the ensemble does not hold members and their shares", hint=_FIT_AGAIN)
    return cast("list[str]", kinds), np.array(listed)
