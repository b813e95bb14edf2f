"""Claims about bytes: every file is what the manifest says, and the parts belong together."""

import re
import stat
from collections.abc import Mapping
from typing import Any

from synth_assets.audit.assurance import FOLDER as ASSURANCE
from synth_assets.audit.assurance import RECORDS
from synth_assets.audit.folder import Folder, differences
from synth_assets.audit.lineage import provenance
from synth_assets.audit.manifest import CONTEXT, EVALUATION, IDENTITY, MANIFEST, REPORT_TEMPLATE, contents_of
from synth_assets.audit.report import ReportFacts, ScenarioFacts, report_page
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, failed, judged, missing, not_checkable
from synth_assets.files import canonical_json
from synth_assets.generator.abilities import calibration_of
from synth_assets.reading import digest_file
from synth_assets.release.store import names_of_release
from synth_assets.workspace import DATA, SCENARIOS

__all__ = ["VERIFIERS", "rendered_again"]

_EXPECTED, _VERSION = "expected version", "version folder"
_NAMES = {
    CONTEXT,
    EVALUATION,
    "candidate.json",
    "contract.json",
    "decision.json",
    "expectations.json",
    "generator.json",
    "ledger.jsonl",
    "privacy.json",
    "prov.json",
    "report.html",
}
_RECORDS = {f"{ASSURANCE}/{kind}.json" for kind in RECORDS}
_RESULT = re.compile(r"checks/[A-Za-z0-9_]+\.json", re.ASCII)
_OF_SCENARIO = re.compile(r"(candidate|checks/[A-Za-z0-9_]+)\.json", re.ASCII)
_UNNAMED = 0
"""The template of a manifest of format 1, which names none."""
_FIRST = 1


def _manifest(case: Case) -> Claim:
    digest = digest_file(case.path(MANIFEST))
    named = case.bundle.resolve().parent.name
    other = len(named) == len(digest) and named != digest
    faults = ["the folder is named after another manifest"] if other or not case.manifest else []
    return judged("manifest", faults, f"is what its own digest says: version {digest}")


def _expected(case: Case) -> Claim:
    """Compare the version with the one that a person was told, which nothing in the bundle can forge."""
    if case.expected is None:
        return not_checkable(
            _EXPECTED, "no digest was given with --expect: a bundle made up as a whole is not detected"
        )
    expected = case.expected.lower()
    known = {"version": digest_file(case.path(MANIFEST)), "contents": contents_of(case.manifest)}
    named = next((f"{what} {digest}" for what, digest in known.items() if digest.startswith(expected)), "")
    faults = [] if named else [f"this is version {known['version']}, and {expected} was expected"]
    return judged(_EXPECTED, faults, f"{named} begins with the {len(expected)} digits that were given")


def _files(case: Case) -> Claim:
    listed = case.listed()
    present = Folder(
        files={name: size for name, size in case.listing.files.items() if name != MANIFEST},
        folders=case.listing.folders,
        faults=case.listing.faults,
    )
    faults = [f"{name} is not a part of a bundle" for name in sorted(set(listed) - _parts(case))]
    faults += differences(case.bundle, present, listed)
    return judged("files", faults, f"{len(listed)} files have the digests of the manifest, and nothing else is there")


def _answers(case: Case) -> set[str]:
    """Return the names of the files of the releases that hold an evaluation's answers."""
    if case.evaluation is None:
        return set()
    digests = [release.digest for release in case.evaluation.answers.values()]
    folders = [case.bundle / "release" / digest for digest in digests]
    return {f"release/{folder.name}/{name}" for folder in folders for name in names_of_release(folder)}


def _parts(case: Case) -> set[str]:
    """Return the names that a bundle can have, whatever its manifest lists: of the files that are there, and others."""
    release = f"release/{case.manifest['release']}"
    files = case.read("generator.json")["files"]
    return {
        *_NAMES,
        *_RECORDS,
        *(f"{release}/{name}" for name in case.release_names),
        *_answers(case),
        *(f"generator/{name}" for name in files),
        *(name for name in case.listing.files if _RESULT.fullmatch(name)),
        *_of_scenarios(case),
    }


def _of_scenarios(case: Case) -> set[str]:
    folders = [f"{SCENARIOS}/{name}/" for name in case.manifest.get(SCENARIOS, {})]
    return {
        name
        for folder in folders
        for name in case.listing.files
        if name.startswith(folder) and _OF_SCENARIO.fullmatch(name.removeprefix(folder))
    }


def _data(case: Case) -> Claim:
    listed: Mapping[str, Mapping[str, Any]] = case.manifest["data"]
    if case.data is None:
        return missing("data", "the Parquet files are not beside the bundle: give --data")
    faults = differences(case.data, case.data_listing, listed)
    faults += [fault for fault in case.parquet_faults.values() if fault]
    return judged(
        "data", faults, f"{len(listed)} Parquet files have the digests of the manifest, and nothing else is there"
    )


def _version(case: Case) -> Claim:
    """A version's folder holds the bundle and the data, and nothing beside them."""
    if case.version is None:
        return not_checkable(_VERSION, "the bundle was given without the folder of its version")
    wanted = {case.bundle.name, DATA, *([SCENARIOS] if SCENARIOS in case.manifest else [])}
    present = sorted(path.name for path in case.version.iterdir())
    faults = [f"{name} does not belong to a version" for name in present if name not in wanted]
    faults += [
        f"{name} is not a folder"
        for name in wanted & set(present)
        if not stat.S_ISDIR((case.version / name).lstat().st_mode)
    ]
    held = "the bundle, the data and the scenarios" if SCENARIOS in wanted else "the bundle and the data"
    return judged(_VERSION, faults, f"holds {held}, and nothing else")


def _report(case: Case) -> Claim:
    """Render the page again by the template that the manifest names; a page of format 1 names none.

    A page that cannot be rendered leaves the verification incomplete: else a forged one
    would only have to name a template that nobody has.
    """
    template = case.manifest.get("report_template", _UNNAMED)
    if "report_template" in case.manifest and (type(template) is not int or template == _UNNAMED):
        return failed("report", "the manifest names no template that there was")
    if not _UNNAMED <= template <= REPORT_TEMPLATE:
        return missing("report", f"it was made by template {template}, this version has {REPORT_TEMPLATE}")
    if case.data is None:
        return missing("report", "it shows what the data holds: give --data")
    same = case.page() == rendered_again(case, template=template or _FIRST)
    if template == _UNNAMED and not same:
        return missing("report", "a bundle of format 1 does not say by which template its report was made")
    return judged(
        "report", [] if same else ["report.html is not what the evidence makes it"], "rendered again, byte for byte"
    )


def rendered_again(case: Case, *, template: int = REPORT_TEMPLATE) -> bytes:
    """Return the report that the evidence makes, by one of the templates of the report."""
    facts = ReportFacts(
        contract=case.contract,
        identity={word: str(case.manifest[word]) for word in IDENTITY},
        candidate=case.candidate,
        results=tuple(case.results),
        suite=case.bundle / "expectations.json",
        release=case.release,
        statement=case.statement,
        tables=case.counts.tables,
        assurance=case.assurance,
        evaluation=case.evaluation,
        scenarios=_scenarios(case),
        calibration=calibration_of(str(case.read("generator.json").get("kind")), lambda: case.generator),
        lines=case.lines,
        decided=case.decision[1],
        contents=contents_of(case.manifest),
    )
    return report_page(facts, template=template).encode()


def _scenarios(case: Case) -> tuple[ScenarioFacts, ...]:
    """Return what the page shows of each scenario; that it is one of the contract's is a claim of its own."""
    cases = [case.of_scenario(name) for name in case.contract.scenarios if name in case.manifest.get(SCENARIOS, {})]
    return tuple(ScenarioFacts(table=one.candidate, results=tuple(one.results)) for one in cases)


def _identity(case: Case) -> Claim:
    """Compare the digests in the manifest with the files they stand for, and parents with children."""
    candidate, named = case.candidate, case.manifest
    generator = case.read("generator.json")
    wanted = {
        "dataset": (named["dataset"], case.contract.name),
        "contract": (named["contract"], case.contract.digest()),
        "generator": (named["generator"], digest_file(case.path("generator.json"))),
        "candidate": (named["candidate"], candidate.digest),
        "evidence": (named["evidence"], case.evidence),
        "the candidate's dataset": (candidate.dataset, case.contract.name),
        "the candidate's schema": (
            canonical_json(case.read("candidate.json")["schema"]),
            canonical_json(_schema(case)),
        ),
        "the candidate's contract": (candidate.contract, case.contract.digest()),
        "the candidate's release": (candidate.release, case.release.digest),
        "the candidate's generator": (candidate.generator, named["generator"]),
        "the candidate's fingerprint": (candidate.fingerprint, case.release.fingerprint),
        "the generator's kind": (generator["kind"], case.contract.generator.kind),
        "the generator's options": (generator.get("options", {}), case.contract.generator.options),
        "the generator's release": (generator["release"], case.release.digest),
        "the release's fingerprint": (case.contract.layout_of(case.release.fingerprint) is not None, True),
        "the data": (
            {name: entry["sha256"] for name, entry in named["data"].items()},
            {shard.name: shard.digest for shard in candidate.shards},
        ),
    }
    if named["format_version"] > 1:  # the first format had no weights
        wanted["the generator's files"] = (generator["files"], _weights(case))
    faults = [f"{part} differs from what is stated" for part, (stated, actual) in wanted.items() if stated != actual]
    if candidate.where or any(shard.drawn < shard.rows for shard in candidate.shards):
        faults.append("the candidate is a what-if table, or holds rows that were not drawn")
    if canonical_json(case.decision[0]) != canonical_json({"promote": True, "reasons": []}):
        faults.append("the decision is not a yes")
    if case.data is not None and dict(candidate.violations) != dict(case.counts.violations):
        faults.append("the candidate breaks rules otherwise than it says")
    return judged("identity", faults, "contract, release, generator, candidate and data are each other's parents")


def _schema(case: Case) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "type": str(field.type), "nullable": field.nullable}
        for field in case.contract.table_schema()
    ]


def _weights(case: Case) -> dict[str, str]:
    """Return the digest of each file of the generator that the bundle carries."""
    names = [name for name in case.listing.files if name.startswith("generator/")]
    return {name.removeprefix("generator/"): digest_file(case.path(name)) for name in names}


def _lineage(case: Case) -> Claim:
    identity = {word: str(case.manifest[word]) for word in IDENTITY}
    following = provenance(identity, release=case.release, data=case.manifest["data"], owners=case.contract.owners)
    same = canonical_json(case.read("prov.json")) == canonical_json(following)
    faults = [] if same else ["prov.json says something else than the other files"]
    return judged("lineage", faults, "prov.json follows from the other files")


VERIFIERS = (
    ("manifest", _manifest),
    (_EXPECTED, _expected),
    ("files", _files),
    ("data", _data),
    (_VERSION, _version),
    ("identity", _identity),
    ("lineage", _lineage),
    ("report", _report),
)
