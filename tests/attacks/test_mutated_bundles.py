"""Whoever can write a bundle tries to crash, mislead or take over the verifier.

Bytes, JSON values, keys, numbers, files and Parquet tables are mutated by a seed, and
for most of them digests are recomputed: of the manifest, of parents and the ledger's
chain, or of everything that follows (statement, lineage and report are then written again). Each
mutated version is verified in a process that watches itself (tests/support/fuzzed_versions.py).

What must hold for every one of them: no exception; no import of a module, no file opened for
writing, no command, connection, unpickling or compiled code; memory within 512 MiB of what the
process has when it is warm, and no more than 120 seconds.

What must fail (or leave the verification incomplete, with exit code 4, as a report with an unknown
template does): every mutation that changes the content of a version, as it is after
digests were rewritten. Not counted as changes are the layout of JSON, what the rewriting
undid, and digests that follow from another mutation. The parts listed in ``FREE`` may differ in a
bundle that is invented as a whole, with the reason. If no digest was rewritten, any altered byte
must fail.

A usual run mutates two versions that are kept as test data, so that it is the same each time; ``FULL=1``
also mutates two new ones, 20,000 times in two processes.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fuzzed_versions import IDENTITY
from kept_versions import DATA, KEPT
from mutated_digests import DEPTHS

FULL = bool(os.environ.get("FULL"))
COUNT, PROCESSES = (20_000, 2) if FULL else (300, 1)
SEED = 1
MOST_GROWTH = 512 << 20
VERDICTS = {1: "failed", 4: "incomplete", 0: "passed"}
SUPPORT = Path(__file__).parent.parent / "support"

FREE: dict[str, tuple[str, ...]] = {
    "what a check saw, in its own words": (
        "bundle/checks/*.json: .description",
        "bundle/checks/*.json: .expectation",
        "bundle/checks/*.json: .kwargs",
        "bundle/checks/*.json: .observed",
        "bundle/checks/*.json: .severity",
    ),
    "generated entries of the suite are made again from the contract; hand-written ones are attested": (
        "bundle/expectations.json: ",
    ),
    "how the model was fitted and the rows were drawn is attested; see --reproduce": (
        "bundle/candidate.json: .libraries",
        "bundle/candidate.json: .seed",
        "bundle/candidate.json: .shards[].digest",
        "bundle/candidate.json: .shards[].drawn",
        "bundle/generator.json: .*",
        "bundle/generator.json: .device",
        "bundle/generator.json: .files",
        "bundle/generator.json: .format_version",
        "bundle/generator.json: .libraries",
        "bundle/generator.json: .method",
        "bundle/generator.json: .seed",
        "data/part-00000.parquet: form",
        "data/part-00000.parquet: rows",
    ),
    "the same released numbers, written otherwise": (
        "bundle/release/<digest>/answers.parquet: form",
        "bundle/release/<digest>/marginals.parquet: form",
    ),
    "words of the release's statement": (
        *(
            f"bundle/release/<digest>/{file}: .{part}"
            for file in ("measurement.json", "privacy.json")
            for part in (
                "composition",
                "deployment_model",
                "domain_sources",
                "preprocessing",
                "purpose",
                "source.attested_by",
                "tuning",
                "unprotected_quantities",
            )
        ),
    ),
    "a contract's words, and what it asks of later versions": (
        "bundle/contract.json: .checks",
        "bundle/contract.json: .expectations",
        "bundle/contract.json: .owners",
        "bundle/contract.json: .prohibited_uses",
        "bundle/contract.json: .purpose",
        "bundle/contract.json: .refresh",
    ),
    "where a key is left out, its default is meant": ("bundle/checks/*.json: .kind",),
    "the dataset that a release was first measured for": ("bundle/release/<digest>/release.json: .dataset",),
    "a ledger that was written anew as a whole; a key, an anchor or --expect shows it": (
        "bundle/ledger.jsonl: [].account",
        "bundle/ledger.jsonl: [].by",
        "bundle/ledger.jsonl: [].key_id",
        "bundle/ledger.jsonl: [].login",
        "bundle/ledger.jsonl: [].payload.*",
        "bundle/ledger.jsonl: [].payload.attested_by",
        "bundle/ledger.jsonl: [].payload.cap",
        "bundle/ledger.jsonl: [].payload.columns",
        "bundle/ledger.jsonl: [].payload.digest",
        "bundle/ledger.jsonl: [].payload.fence",
        "bundle/ledger.jsonl: [].payload.kind",
        "bundle/ledger.jsonl: [].payload.name",
        "bundle/ledger.jsonl: [].payload.parent",
        "bundle/ledger.jsonl: [].payload.partition",
        "bundle/ledger.jsonl: [].payload.partitioned_by",
        "bundle/ledger.jsonl: [].payload.place_digest",
        "bundle/ledger.jsonl: [].payload.population",
        "bundle/ledger.jsonl: [].payload.reason",
        "bundle/ledger.jsonl: [].payload.request.*",
        "bundle/ledger.jsonl: [].payload.request.by",
        "bundle/ledger.jsonl: [].payload.request.contract_digest",
        "bundle/ledger.jsonl: [].payload.request.dataset",
        "bundle/ledger.jsonl: [].payload.request.reason",
        "bundle/ledger.jsonl: [].payload.request.run_id",
        "bundle/ledger.jsonl: [].payload.source",
        "bundle/ledger.jsonl: [].payload.version",
        "bundle/ledger.jsonl: [].payload.window",
        "bundle/ledger.jsonl: [].salt",
        "bundle/ledger.jsonl: [].signature",
        "bundle/ledger.jsonl: [].tag",
        "bundle/ledger.jsonl: [].time",
    ),
}
"""What cannot be recomputed from a bundle alone: the reason, and the fields, with everything below them."""
FREE_IN_A_COLUMN = ("description", "domain_source")
REWRITTEN = {
    DEPTHS[1]: ("bundle/manifest.json: .files", "bundle/manifest.json: .data", "bundle/manifest.json: .digest"),
    DEPTHS[2]: (
        *(f"bundle/manifest.json: .{word}" for word in ("files", "data", "digest", *IDENTITY)),
        "bundle/candidate.json: .parents",
        "bundle/candidate.json: .shards[].digest",
        "bundle/checks/*.json: .candidate",
        "bundle/generator.json: .release",
        "bundle/ledger.jsonl: [].body_digest",
        "bundle/ledger.jsonl: [].hash",
        "bundle/ledger.jsonl: [].previous",
        "bundle/ledger.jsonl: [].payload.release_digest",
        "bundle/release/<digest>/release.json: .files",
        "bundle/release/<digest>/release.json: .fingerprint",
    ),
}
"""What digests and parents were rewritten at a depth: another value there follows from another mutation."""
REWRITTEN[DEPTHS[3]] = (*REWRITTEN[DEPTHS[2]], "bundle/privacy.json: ", "bundle/prov.json: ", "bundle/report.html: ")


def _run(versions: list[Path], scratch: Path, number: int) -> subprocess.Popen[bytes]:
    folder = scratch / str(number)
    folder.mkdir()
    arguments = [str(folder), str(SEED), str(number), str(COUNT), str(PROCESSES), str(scratch / f"{number}.json")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SUPPORT), *filter(None, sys.path)])}
    command = [sys.executable, str(SUPPORT / "fuzzed_versions.py"), *map(str, versions), *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def _below(change: str, field: str) -> bool:
    rest = change.removeprefix(field)
    return change.startswith(field) and (field.endswith(" ") or rest[:1] in ("", ".", "[", " "))


def _reason(change: str) -> str | None:
    """Return why a change is allowed; ``None`` if it must be detected."""
    if change.startswith("bundle/contract.json: .columns.") and change.endswith(FREE_IN_A_COLUMN):
        return "a contract's words, and what it asks of later versions"
    return next((why for why, fields in FREE.items() if any(_below(change, field) for field in fields)), None)


def _meant(outcome: dict[str, Any]) -> list[str]:
    """Return the changes of a mutated version, without those caused by rewriting digests."""
    rewritten = REWRITTEN.get(outcome["depth"], ())
    return [change for change in outcome["changes"] if not any(_below(change, field) for field in rewritten)]


def _must_fail(outcome: dict[str, Any]) -> bool:
    if outcome["depth"] == DEPTHS[0]:
        return bool(outcome["altered"])
    return not all(map(_reason, _meant(outcome)))


def _missed(outcome: dict[str, Any]) -> str:
    changes = [change for change in _meant(outcome) if not _reason(change)]
    return f"  number {outcome['number']}, {outcome['kind']}, {outcome['depth']}: {'; '.join(changes)}"


def _place(change: str) -> str:
    """Name the file of a change; files that a version never has share one line of the table."""
    name = change.partition(":")[0]
    return "a file that no version has" if change.endswith(": added") else name


def _table(outcomes: list[dict[str, Any]]) -> Iterator[str]:
    """Report which files were altered and how often, which claims failed, and what passed for which reason."""
    words = (*DEPTHS, *VERDICTS.values())
    altered: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        for name in {_place(change) for change in outcome["changes"]}:
            altered.setdefault(name, Counter()).update([outcome["depth"], VERDICTS[outcome["code"]]])
    yield f"{'altered':44}{''.join(f'{word:>20}' for word in words)}"
    for name, counts in sorted(altered.items()):
        yield f"{name[:43]:44}{''.join(f'{counts[word]:>20,}' for word in words)}"
    yield ""
    fields = {change for outcome in outcomes for change in outcome["changes"]}
    yield f"{len(fields):,} different fields were altered. Claims that failed:"
    for claim, count in Counter(name for outcome in outcomes for name in outcome["failed"]).most_common():
        yield f"  {count:>7,}  {claim}"
    yield ""
    yield "Passed, because a bundle alone cannot show it:"
    passed = [outcome for outcome in outcomes if outcome["code"] == 0]
    reasons = Counter(reason for outcome in passed for reason in set(map(_reason, _meant(outcome))))
    for reason, count in reasons.most_common():
        yield f"  {count:>7,}  {reason or 'SHOULD HAVE FAILED'}"
    yield f"  {sum(not _meant(outcome) for outcome in passed):>7,}  nothing that a version means was changed"


@pytest.mark.slow
@pytest.mark.integration
def test_the_verifier_survives_every_mutated_version_and_misses_none(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = [request.getfixturevalue(name).folder for name in ("promoted", "promoted_discovery")] if FULL else []
    versions = [*(DATA / name for name in KEPT), *fresh]
    processes = [_run(versions, tmp_path, number) for number in range(PROCESSES)]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors.decode()[-3000:]
    parts = [json.loads((tmp_path / f"{number}.json").read_text()) for number in range(PROCESSES)]
    outcomes = [outcome for part in parts for outcome in part["outcomes"]]
    missed = [outcome for outcome in outcomes if _must_fail(outcome) and outcome["code"] == 0]
    grown, slowest = max(part["grown"] for part in parts), max(outcome["seconds"] for outcome in outcomes)
    title = f"{COUNT:,} mutated versions, seed {SEED}: memory grew by {grown >> 20} MiB, slowest {slowest:.1f} s"
    last = [f"{len(missed)} mutations should have failed and did not.", *map(_missed, missed)]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", title, *_table(outcomes), "", *last, ""]))
    assert len(outcomes) == COUNT
    assert [outcome for outcome in outcomes if outcome["seen"]] == []
    assert grown < MOST_GROWTH
    assert sorted({change for outcome in missed for change in _meant(outcome) if not _reason(change)}) == []
    assert missed == []
    # Most pass the first hash, and most are detected nevertheless.
    assert sum("manifest" not in outcome["failed"] for outcome in outcomes) > 0.6 * COUNT
    assert sum(bool(outcome["failed"]) for outcome in outcomes) > 0.6 * COUNT
