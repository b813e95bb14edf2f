"""Claims about scenarios: each is what the contract says, of the same release and generator, and its checks pass here.

A scenario's table is verified as the whole one is, by the same functions, on a case of its own: its files against
the manifest, its parents, its stored results against what is counted here, and on request its rows, sampled again.
"""

import stat
from collections.abc import Callable

from synth_assets.audit.folder import Folder, differences, walk
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.checks import decision_on, faults_of_results, required_of
from synth_assets.audit.verify.claims import Claim, Status, judged, missing, verified
from synth_assets.audit.verify.reproduce import sampled_again
from synth_assets.candidate import Order, scenario_order
from synth_assets.workspace import SCENARIOS

__all__ = ["VERIFIERS"]

_SAMPLED = "sampled scenarios"
_NONE = "the contract has none"


def _scenarios(case: Case) -> Claim:
    """Compare the scenarios of the contract with those of the version, then verify each as a table of its own."""
    listed, asked = case.manifest.get(SCENARIOS, {}), case.contract.scenarios
    faults = [f"the contract has no scenario {name!r}" for name in listed if name not in asked]
    faults += [f"the version lacks scenario {name!r}" for name in asked if name not in listed]
    if faults or not asked:
        return judged(SCENARIOS, faults, _NONE)
    if case.version is None or case.data is None:
        return missing(SCENARIOS, "their Parquet files are in the version's folder: give that folder")
    faults = _of_files(case)
    faults += [f"{name}: {fault}" for name in asked if not faults for fault in _of_scenario(case.of_scenario(name))]
    checks = sum(len(required_of(case.of_scenario(name))) for name in asked)
    word = "of this release and generator, as the contract says them"
    return judged(SCENARIOS, faults, f"{', '.join(asked)}: {word}; {checks} blocking checks pass when judged here")


def _of_files(case: Case) -> list[str]:
    """Compare the folder of all scenarios with the manifest, before anything in it is opened."""
    assert case.version is not None  # noqa: S101 - who asks has the version's folder
    root = case.version / SCENARIOS
    if not root.is_dir() or not stat.S_ISDIR(root.lstat().st_mode):
        return [f"{SCENARIOS} is not a folder"]
    listed = {
        f"{name}/{file}": entry for name, files in case.manifest[SCENARIOS].items() for file, entry in files.items()
    }
    present: Folder = walk(root)
    return differences(root, present, listed)


def _of_scenario(case: Case) -> list[str]:
    """Say what is wrong with one scenario: whose it is, what its files hold, and what its checks say."""
    faults = [f"{part} is not what it must be" for part in _other_parents(case)]
    faults += [fault for fault in case.parquet_faults.values() if fault]
    if faults:
        return faults
    faults += decision_on(case).reasons
    faults += faults_of_results(case)
    faults += [
        f"{again.name}: {again.description}"
        for again in case.recomputed
        if again.severity == "critical" and not again.passed
    ]
    if case.counts.rows != case.candidate.rows:
        faults.append(f"{case.counts.rows:,} rows, and the manifest says {case.candidate.rows:,}")
    if dict(case.candidate.violations) != dict(case.counts.violations):
        faults.append("it breaks rules otherwise than it says")
    return faults


def _other_parents(case: Case) -> list[str]:
    """Name the parts of a scenario's manifest that do not follow from the contract and the version."""
    table, contract, named = case.candidate, case.contract, case.manifest
    parts = {
        "scenario": (table.scenario, case.scenario),
        "seed": (table.seed, contract.scenarios[case.scenario].seed),
        "dataset": (table.dataset, contract.name),
        "contract": (table.contract, contract.digest()),
        "release": (table.release, case.release.digest),
        "generator": (table.generator, named["generator"]),
        "fingerprint": (table.fingerprint, case.release.fingerprint),
        "data": (
            {name: entry["sha256"] for name, entry in named[SCENARIOS][case.scenario].items()},
            {shard.name: shard.digest for shard in table.shards},
        ),
    }
    faults = [part for part, (stated, wanted) in parts.items() if stated != wanted]
    return faults + ["number of draws"] * any(shard.drawn < shard.rows for shard in table.shards)


def _sampled(case: Case) -> Claim:
    """Sample each scenario again under its condition; the first that is not well speaks for all."""
    if not case.contract.scenarios:
        return verified(_SAMPLED, _NONE)
    claims = {name: sampled_again(_SAMPLED, case.of_scenario(name), _order) for name in case.contract.scenarios}
    name, worst = next(
        ((name, claim) for name, claim in claims.items() if claim.status is not Status.VERIFIED),
        next(iter(claims.items())),
    )
    if worst.status is Status.VERIFIED:
        return verified(
            _SAMPLED, f"{', '.join(claims)} come out again, byte for byte, from the weights and their seeds"
        )
    return Claim(name=_SAMPLED, status=worst.status, detail=f"{name}: {worst.detail}", missed=worst.missed)


def _order(case: Case) -> Order:
    shaping = case.candidate.shaping
    return scenario_order(case.contract, case.scenario, case.generator, case.release, shaping=shaping)


VERIFIERS: tuple[tuple[str, Callable[[Case], Claim]], ...] = ((SCENARIOS, _scenarios), (_SAMPLED, _sampled))
