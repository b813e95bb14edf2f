"""``leak-test``: run the whole chain over a made-up table of canaries, and search every store for them.

The chain is ``synth-assets run``, in processes of its own, once as it should go and once for
each way of failing. Then everything outside of the private zone is searched: artefacts and
bundle, ledger, Dagster's home with its event log, MLflow's store, DVC's cache, temporary
files, the home folder, and what all processes printed. The project is in a temporary
folder: the user's source, ledger and folders are not touched.

Example::

    record = leak_test(read_contract(Path("defs/people")))
    assert record.passed, record.outcome()
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from synth_assets.assurance.apart import run_apart
from synth_assets.assurance.canaries import Needles
from synth_assets.assurance.clock import now, package_version
from synth_assets.assurance.leak_project import BROKEN, FAILING, POOR, LeakProject, make_leak_project
from synth_assets.assurance.planted import PLANTED, plant
from synth_assets.assurance.search import Places, search
from synth_assets.audit.assurance import LEAK_TEST, Record, TestResult
from synth_assets.contract import DatasetContract
from synth_assets.workspace import STATE

__all__ = ["FAILING_RUNS", "STORES", "chain_results", "leak_test", "planted_results", "store_results"]

STORES = {
    "artefacts and bundle": "project/data",
    "ledger, Dagster, MLflow": f"project/{STATE}",
    "DVC's repository and cache": "project/.dvc",
    "the rest of the project": "project",
    "home": "home",
    "temporary files": "tmp",
    "output of all processes": "outputs",
}
"""What is searched, by name; a folder that lies in another one is searched there alone."""
FAILING_RUNS = ("lost column", "poor", "raise", "kill")
"""The runs that must fail; all but the first two are what the source does, see ``faulty_source.FAULTS``."""
_OUTPUTS = "outputs"
_REFUSED, _FAULT = 1, 3
_LONGEST = 380
_FAULTY = "the source prints its rows wherever it can, and fails while it is measured"
_FAILING_RUNS = {
    "lost column": (BROKEN, "a file of the source lost a column after it was registered", _FAULT),
    "poor": (POOR, "the account has too little budget", _REFUSED),
}
"""Dataset, what is wrong, and the exit code."""


def leak_test(
    contract: DatasetContract,
    *,
    seed: int = 0,
    failing: Sequence[str] = FAILING_RUNS,
    keep: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Record:
    """Run the chain over made-up rows of a contract's schema, and return what was found outside of the private zone.

    Args:
        contract: its columns, rules, generator and budget are used; its source is not looked at.
        seed: of the ordinary rows.
        failing: which runs must fail, of :data:`FAILING_RUNS` and of ``faulty_source.FAULTS``.
        keep: an empty folder that stays; a temporary one is deleted at the end.
        progress: called with what is done next.
    """
    folder = Path(tempfile.mkdtemp(prefix="leak-test-")) if keep is None else keep
    try:
        progress("making up rows")
        project = make_leak_project(contract, folder, seed=seed)
        results = list(chain_results(project, failing=failing, progress=progress))
        progress("searching")
        needles = project.canaries.needles()
        searched, places = store_results(project, needles)
        results += [*searched, *planted_results(project, needles)]
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    facts: dict[str, str | int | float] = {
        "dataset": contract.name,
        "contract": contract.digest(),
        "seed of the made-up rows": seed,
        "files searched": places.files,
        "bytes searched": places.size,
        "forms searched for": len(needles),
    }
    return Record(kind=LEAK_TEST, date=now(), version=package_version(), results=tuple(results), facts=facts)


def chain_results(
    project: LeakProject, *, failing: Sequence[str], progress: Callable[[str], None]
) -> Iterator[TestResult]:
    """Run the chain as it should go, then in each way that must fail; yield whether each ended as it must."""
    whole = "release, generator, candidate, checks and promotion"
    progress(f"the whole chain of {project.contract.name}")
    yield _ended(project, project.contract.name, name="whole chain", what=whole, code=0)
    for name in failing:
        progress(f"a run that must fail: {name}")
        dataset, what, code = _FAILING_RUNS.get(name, (FAILING, _FAULTY, _FAULT))
        if dataset == FAILING:
            project.fail(name)
        yield _ended(project, dataset, name=f"failing run: {name}", what=what, code=code)


def store_results(project: LeakProject, needles: Needles) -> tuple[list[TestResult], Places]:
    """Search each store, and two places where canaries must be; also return what was searched."""
    total, results = Places(), []
    for name, store in STORES.items():
        root = project.folder / store
        inside = [project.folder / other for other in STORES.values() if other.startswith(f"{store}/")]
        places = search(root, needles, without=[*project.private(), *inside])
        total.files += places.files
        total.size += places.size
        results.append(_searched(f"no canary in: {name}", f"{store}, {places.files:,} files", places))
    for name, what, root in (
        ("canaries in the made-up sources", "they are where they were put", project.sources),
        ("canaries in the curator's store", "failing sources printed them, and it was kept there", project.curator),
    ):
        results.append(_searched(name, what, search(root, needles), broken=True))
    return results, total


def planted_results(project: LeakProject, needles: Needles) -> list[TestResult]:
    """Plant a canary into a copy of a public file in each way, and search for it."""
    results = []
    for index, name in enumerate(PLANTED):
        into = project.folder / "planted" / str(index)
        plant(name, folder=project.folder, into=into, canaries=project.canaries)
        results.append(
            _searched(f"planted leak: {name}", "broken: a copy of a public file", search(into, needles), broken=True)
        )
    return results


def _ended(project: LeakProject, dataset: str, *, name: str, what: str, code: int) -> TestResult:
    """Run the chain of a dataset, keep what it printed among the stores, and compare its exit code."""
    done = run_apart(project.folder, "run", f"defs/{dataset}", "--json")
    outputs = project.folder / _OUTPUTS
    outputs.mkdir(exist_ok=True)
    number = len(list(outputs.iterdir()))
    (outputs / f"{number}-{dataset}.out").write_bytes(done.output)
    (outputs / f"{number}-{dataset}.err").write_bytes(done.errors)
    return TestResult(
        name=name,
        what=f"{what}: must end with exit code {code}",
        measure="distance of the exit code",
        value=abs(done.code - code),
        limit=0,
        alarm="above",
    )


def _searched(name: str, what: str, places: Places, *, broken: bool = False) -> TestResult:
    where = "" if broken or not places.hits else f"; found in {', '.join(places.hits)}"
    return TestResult(
        name=name,
        what=f"{what}{where}"[:_LONGEST],
        measure="places",
        value=len(places.hits),
        limit=0,
        alarm="above",
        broken=broken,
    )
