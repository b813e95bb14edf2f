"""Claims about bytes: every file is what the manifest says, and the parts belong together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synth_assets.audit.case import Case
from synth_assets.audit.claims import Claim, judged, not_checkable
from synth_assets.audit.evidence import evidence_digest
from synth_assets.audit.lineage import provenance
from synth_assets.files import sha256_file

__all__ = ["VERIFIERS"]


def _manifest(case: Case) -> Claim:
    digest = sha256_file(case.bundle / "manifest.json")
    named = case.bundle.resolve().parent.name
    other = len(named) == len(digest) and named != digest
    faults = ["the folder is named after another manifest"] if other or not case.manifest else []
    return judged("manifest", faults, f"is what its own digest says: version {digest}")


def _files(case: Case) -> Claim:
    listed, present = case.listed(), case.present()
    faults = [f"{name} is missing" for name in sorted(set(listed) - present)]
    faults += [f"{name} is not in the manifest" for name in sorted(present - set(listed))]
    faults += _altered(case.bundle, {name: item for name, item in listed.items() if name in present})
    return judged("files", faults, f"{len(listed)} files have the digests of the manifest")


def _data(case: Case) -> Claim:
    listed: Mapping[str, Mapping[str, Any]] = case.manifest["data"]
    if case.data is None:
        return not_checkable("data", "the Parquet files are not beside the bundle: give --data")
    present = {path.name for path in case.data.glob("*.parquet")}
    faults = [f"{name} is missing" for name in sorted(set(listed) - present)]
    faults += [f"{name} is not in the manifest" for name in sorted(present - set(listed))]
    faults += _altered(case.data, {name: item for name, item in listed.items() if name in present})
    return judged("data", faults, f"{len(listed)} Parquet files have the digests of the manifest")


def _identity(case: Case) -> Claim:
    """Compare the digests in the manifest with the files they stand for, and parents with children."""
    candidate, named = case.candidate, case.manifest
    generator = case.read("generator.json")
    wanted = {
        "dataset": (named["dataset"], case.contract.name),
        "contract": (named["contract"], case.contract.digest()),
        "generator": (named["generator"], sha256_file(case.bundle / "generator.json")),
        "candidate": (named["candidate"], candidate.digest),
        "evidence": (named["evidence"], evidence_digest(case.results)),
        "the candidate's contract": (candidate.contract, case.contract.digest()),
        "the candidate's release": (candidate.release, case.release.digest),
        "the candidate's generator": (candidate.generator, named["generator"]),
        "the candidate's fingerprint": (candidate.fingerprint, case.contract.fingerprint()),
        "the generator's release": (generator["release"], case.release.digest),
        "the release's fingerprint": (case.release.fingerprint, case.contract.fingerprint()),
        "the data": (
            {name: item["sha256"] for name, item in named["data"].items()},
            {shard.name: shard.digest for shard in candidate.shards},
        ),
    }
    faults = [f"{part} is not what it is said to be" for part, (said, found) in wanted.items() if said != found]
    return judged("identity", faults, "contract, release, generator, candidate and data are each other's parents")


def _lineage(case: Case) -> Claim:
    words = ("dataset", "contract", "release", "generator", "candidate", "evidence")
    identity = {word: str(case.manifest[word]) for word in words}
    found = provenance(identity, release=case.release, data=case.manifest["data"], owners=case.contract.owners)
    faults = [] if case.read("prov.json") == found else ["prov.json says something else than the other files"]
    return judged("lineage", faults, "prov.json follows from the other files")


def _altered(folder: Path, listed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [f"{name} was altered" for name, item in sorted(listed.items()) if not _same(folder / name, item)]


def _same(path: Path, item: Mapping[str, Any]) -> bool:
    return (path.stat().st_size, sha256_file(path)) == (item["size"], item["sha256"])


VERIFIERS = (
    ("manifest", _manifest),
    ("files", _files),
    ("data", _data),
    ("identity", _identity),
    ("lineage", _lineage),
)
