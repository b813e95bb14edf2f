"""Kinds of generators side by side: each fitted to one release, sampled and held against it. Free, and public alone.

Fits and rows lie in a folder of their own, so that no command takes one for the dataset's newest. What was fitted
before is used again, and then has no time.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from synth_assets.candidate import Candidate, write_candidate
from synth_assets.checks.closeness import describe_closeness
from synth_assets.checks.counts import CandidateCounts, count_candidate
from synth_assets.checks.fidelity import compare
from synth_assets.contract import DatasetContract
from synth_assets.contract.generator import GENERATORS, GeneratorSpec
from synth_assets.contract.options import generator_faults
from synth_assets.errors import SynthAssetsError, UsageError
from synth_assets.evaluation.encode import encode_candidate
from synth_assets.evaluation.estimate.ranking import exact_area
from synth_assets.evaluation.models.fitting import fit_classes
from synth_assets.generator import Progress, fit_generator
from synth_assets.release import Release

__all__ = ["ALL", "KindFigures", "compare_kinds", "kinds_asked", "told_apart"]

ALL = "all"
TOLD_ROWS = 5_000
"""Rows of each of two kinds that a classifier is fitted to, and as many that it is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """What one kind makes of a release.

    Attributes:
        kind: its name.
        fault: why there are no figures; empty if there are.
        generator: digest of its fit.
        candidate: digest of its rows.
        beyond: estimated total variation to the released tables beyond noise and sampling, 0 to 1.
        surely: what of that is there with 99% confidence.
        columns: mean plain distance of single columns to their released tables, noise included.
        pairs: that of pairs, ``None`` if none were released.
        broken: share of the rows that broke a rule as they were drawn.
        fit_seconds: CPU seconds of the fit; ``None`` if it was fitted before.
        sample_seconds: CPU seconds of drawing the rows, rules included; ``None`` if they were drawn before.
        size: bytes of the fitted state.
    """

    kind: str
    fault: str = ""
    generator: str = ""
    candidate: str = ""
    beyond: float = 0.0
    surely: float = 0.0
    columns: float = 0.0
    pairs: float | None = None
    broken: float = 0.0
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    size: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        return asdict(self)


def kinds_asked(asked: Sequence[str], contract: DatasetContract) -> tuple[list[GeneratorSpec], list[str]]:
    """Return the kinds to compare, and a line for each that ``all`` leaves out.

    A kind has the options of the contract's list `compare`, or of its own generator, or else the defaults.

    Args:
        asked: names of kinds, or :data:`ALL`.
        contract: of the dataset.

    Raises:
        UsageError: a kind that was named does not exist, or cannot be without options.
    """
    said = {spec.kind: spec for spec in (contract.generator, *contract.compare)}
    listed, left_out = [], []
    names = list(dict.fromkeys(GENERATORS.names() if ALL in asked else asked))
    for name in names:
        spec = said.get(name, GeneratorSpec(kind=name))
        if not (fault := _fault(spec)):
            listed.append(spec)
        elif ALL in asked:
            left_out.append(f"{name} is left out: {fault}")
        else:
            raise UsageError(f"{name} cannot be compared: {fault}", hint="say its options in the contract")
    return listed, left_out


def _fault(spec: GeneratorSpec) -> str:
    """Say why a kind cannot be fitted with these options; empty if it can."""
    return "; ".join(f"{'.'.join(map(str, where[1:]))} {message}" for where, message in generator_faults(spec))


def compare_kinds(  # noqa: PLR0913 - what decides fits and rows, by keyword
    contract: DatasetContract,
    release: Release,
    specs: Sequence[GeneratorSpec],
    *,
    folder: Path,
    seed: int = 0,
    rows: int | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[KindFigures, Candidate | None]]:
    """Yield the figures of each kind as soon as it is fitted and drawn, and its rows.

    Args:
        contract: of the dataset; its rules and derived columns hold for every kind.
        release: what all are fitted to.
        specs: the kinds, see :func:`kinds_asked`.
        folder: where fits and rows are kept, such as ``workspace.comparisons(contract.name)``.
        seed: of fits and rows.
        rows: of each table; the contract's by default.
        device: where generators are fitted.
        progress: called with messages.
        executor: counts shards; this process counts them one by one if omitted, and always draws them, because the
            figures have its CPU seconds.
    """
    for spec in specs:
        if progress is not None:
            progress(spec.kind)
        own = contract.model_copy(update={"generator": spec})
        try:
            yield _figures(
                own, release, folder=folder, seed=seed, rows=rows, device=device, progress=progress, executor=executor
            )
        except SynthAssetsError as error:
            yield KindFigures(kind=spec.kind, fault=f"{error.message} ({error.hint})"), None


def _figures(  # noqa: PLR0913 - as above
    contract: DatasetContract,
    release: Release,
    *,
    folder: Path,
    seed: int,
    rows: int | None,
    device: str,
    progress: Progress | None,
    executor: Executor | None,
) -> tuple[KindFigures, Candidate]:
    spec, generators, candidates = contract.generator, folder / "generators", folder / "candidates"
    start, before = time.process_time(), _held(generators)
    fitted = fit_generator(
        release,
        generators=generators,
        kind=spec.kind,
        options=spec.options,
        seed=seed,
        device=device,
        progress=progress,
    )
    between, earlier = time.process_time(), _held(candidates)
    candidate = write_candidate(contract, fitted, release, candidates=candidates, seed=seed, rows=rows)
    end = time.process_time()
    counts = count_candidate(contract, candidate, release, executor=executor)
    figures = KindFigures(
        kind=spec.kind,
        generator=fitted.digest,
        candidate=candidate.digest,
        broken=_broken(counts),
        fit_seconds=None if fitted.digest in before else between - start,
        sample_seconds=None if candidate.digest in earlier else end - between,
        size=sum(path.stat().st_size for path in fitted.folder.iterdir()),
    )
    return _with_distances(figures, contract, release, counts), candidate


def _with_distances(
    figures: KindFigures, contract: DatasetContract, release: Release, counts: CandidateCounts
) -> KindFigures:
    distances = compare(release, counts.tables)
    limit = contract.checks.max_excess_distance
    closeness = describe_closeness(distances, release, rows=counts.rows, threshold=limit)
    pairs = closeness["two_way"]
    return replace(
        figures,
        beyond=closeness["excess"],
        surely=closeness["sure_excess"],
        columns=closeness["one_way"]["distance"],
        pairs=None if pairs is None else pairs["distance"],
    )


def _held(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def _broken(counts: CandidateCounts) -> float:
    drawn = counts.as_drawn
    return 0.0 if drawn is None else max([0, *drawn.broken.values()]) / max(1, counts.rows)


def told_apart(
    candidates: Mapping[str, Candidate],
    release: Release,
    *,
    model: str,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[tuple[str, str], float]:
    """Return how well a classifier tells the rows of two kinds apart, for each two: .5 to 1, the area under its curve.

    The classifier sees half of the rows and is asked about the others.

    Args:
        candidates: rows by kind.
        release: whose columns are read.
        model: kind of classifier, of ``evaluation.models``.
        seed: of its fit.
        progress: called with messages.

    References:
        Lopez-Paz and Oquab (2017), "Revisiting Classifier Two-Sample Tests", Section 3.
    """
    codes = {
        name: encode_candidate(candidate, domain=release.domain, most=2 * TOLD_ROWS)
        for name, candidate in candidates.items()
    }
    areas = {}
    for first, second in combinations(codes, 2):
        if progress is not None:
            progress(f"telling {first} from {second}")
        both = [np.concatenate(columns) for columns in zip(codes[first], codes[second], strict=True)]
        labels = np.repeat([0, 1], [len(codes[first][0]), len(codes[second][0])])
        order = np.random.default_rng(seed).permutation(labels.size)
        half = labels.size // 2
        seen, asked = order[:half], order[half:]
        fitted = fit_classes(
            [column[seen] for column in both],
            domain=release.domain,
            labels=labels[seen],
            classes=(first, second),
            model=model,
            seed=seed,
        )
        scores = fitted.score([column[asked] for column in both], release.domain)[:, 1]
        _, places = np.unique(scores, return_inverse=True)
        area = exact_area([np.bincount(places[labels[asked] == side], minlength=scores.size) for side in (0, 1)])
        areas[first, second] = max(area, 1 - area)
    return areas
