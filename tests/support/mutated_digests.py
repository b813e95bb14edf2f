"""The digests that an attacker would write anew over a mutated version.

They are rewritten to one of four depths, so that most mutations get past the first hash.
"""

import copy
from collections.abc import Callable
from typing import Any

from mutations import Files, Mutation, bytes_of, parsed, written

from synth_assets.audit.evidence import evidence_digest
from synth_assets.checks import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.errors import SynthAssetsError
from synth_assets.files import canonical_json, json_bytes, sha256_bytes
from synth_assets.ledger.chain import entry_body, link
from synth_assets.ledger.schema import FORMAT

DEPTHS = ("nothing", "manifest", "parents and chain", "through and through")
WEIGHTS = (1, 2, 4, 4)
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    SynthAssetsError,
    TypeError,
    ValueError,
)
"""What a mutated file does to somebody who wants to write its digests anew."""


def reseal(mutation: Mutation, depth: str) -> Files:
    """Write digests anew as deeply as asked, as far as the mutated files can be read at all."""
    files = dict(mutation.files)
    if depth in DEPTHS[2:]:
        for step in (_reseal_shards, _reseal_release, _reseal_parents, _reseal_ledger, _reseal_results):
            try:
                step(files)
            except _UNREADABLE:
                continue
    if depth != DEPTHS[0]:
        _reseal_manifest(files, everything=depth in DEPTHS[2:])
    return files


def _edit(files: Files, name: str, change: Callable[[Any], None]) -> None:
    value = parsed(name, bytes_of(files[name]))
    before = copy.deepcopy(value)
    change(value)
    if value != before:
        files[name] = written(name, value)


def _digest(files: Files, name: str) -> str:
    return sha256_bytes(bytes_of(files[name]))


def _reseal_shards(files: Files) -> None:
    def change(candidate: Any) -> None:
        for shard in candidate["shards"]:
            path = f"data/{shard['name']}"
            if path in files:
                shard["digest"] = _digest(files, path)

    _edit(files, "bundle/candidate.json", change)


def _release_folder(files: Files) -> str:
    return next(name for name in files if name.endswith("/release.json")).removesuffix("/release.json")


def _reseal_release(files: Files) -> None:
    folder = _release_folder(files)

    def change(facts: Any) -> None:
        for name in facts["files"]:
            if f"{folder}/{name}" in files:
                facts["files"][name] = _digest(files, f"{folder}/{name}")

    _edit(files, f"{folder}/release.json", change)
    new = f"bundle/release/{_digest(files, f'{folder}/release.json')}"
    for name in [name for name in files if name.startswith(f"{folder}/")]:
        files[f"{new}/{name.removeprefix(f'{folder}/')}"] = files.pop(name)


def _reseal_parents(files: Files) -> None:
    release = _release_folder(files).rsplit("/", 1)[1]
    _edit(files, "bundle/generator.json", lambda generator: generator.update(release=release))
    contract = DatasetContract.model_validate_json(bytes_of(files["bundle/contract.json"]))
    parents = {
        "contract": contract.digest(),
        "fingerprint": contract.fingerprint(),
        "generator": _digest(files, "bundle/generator.json"),
        "release": release,
    }
    _edit(files, "bundle/candidate.json", lambda manifest: manifest["parents"].update(parents))
    folder = _release_folder(files)
    _edit(files, f"{folder}/release.json", lambda facts: facts.update(fingerprint=contract.fingerprint()))
    if _digest(files, f"{folder}/release.json") != release:
        _reseal_release(files)
        _reseal_parents(files)


def _reseal_results(files: Files) -> None:
    candidate = _digest(files, "bundle/candidate.json")
    for name in [name for name in files if name.startswith("bundle/checks/")]:
        _edit(files, name, lambda result: result.update(candidate=candidate))


def _reseal_ledger(files: Files) -> None:
    """Let the ledger settle with the mutated release, then chain its entries anew."""
    release = _release_folder(files).rsplit("/", 1)[1]

    def change(lines: Any) -> None:
        for line in lines:
            if line.get("kind") == "SETTLED":
                line["payload"]["release_digest"] = release
        rechain(lines)

    _edit(files, "bundle/ledger.jsonl", change)


def rechain(lines: list[dict[str, Any]]) -> None:
    """Give each entry the digests that its facts and the entry before make."""
    previous = lines[0]["previous"]
    for line in lines:
        later = ("part", "salt") if line.get("format") == FORMAT else ()
        if not line.get("sealed"):
            words = ("seq", "time", "kind", "account", "reservation_id", "by", "login", "payload", *later)
            line["body_digest"] = sha256_bytes(entry_body(**{word: line[word] for word in words}))
        line["previous"] = previous
        tag = line["tag"] if later else None
        line["hash"] = link(seq=line["seq"], previous=previous, body_digest=line["body_digest"], tag=tag)
        previous = line["hash"]


def _reseal_manifest(files: Files, *, everything: bool) -> None:
    name = "bundle/manifest.json"
    try:
        manifest = parsed(name, bytes_of(files[name]))
        facts = {word: fact for word, fact in manifest.items() if word != "digest"}
        facts["files"] = _listed(files, "bundle/", but=name)
        facts["data"] = _listed(files, "data/", but="")
        if everything:
            facts |= _identity(files)
        files[name] = json_bytes({**facts, "digest": sha256_bytes(canonical_json(facts))})
    except _UNREADABLE:
        return


def _listed(files: Files, folder: str, *, but: str) -> dict[str, Any]:
    return {
        name.removeprefix(folder): {"sha256": sha256_bytes(content), "size": len(content)}
        for name, content in files.items()
        if name.startswith(folder) and name != but and isinstance(content, bytes)
    }


def _identity(files: Files) -> dict[str, str]:
    identity = {}
    if "bundle/candidate.json" in files:
        identity["candidate"] = _digest(files, "bundle/candidate.json")
    if "bundle/generator.json" in files:
        identity["generator"] = _digest(files, "bundle/generator.json")
    for word, make in (
        ("release", lambda: _release_folder(files).rsplit("/", 1)[1]),
        ("contract", lambda: _contract(files).digest()),
        ("dataset", lambda: _contract(files).name),
        ("evidence", lambda: evidence_digest(_results(files))),
    ):
        try:
            identity[word] = make()
        except _UNREADABLE:
            continue
    return identity


def _contract(files: Files) -> DatasetContract:
    return DatasetContract.model_validate_json(bytes_of(files["bundle/contract.json"]))


def _results(files: Files) -> list[CheckResult]:
    names = [name for name in files if name.startswith("bundle/checks/") and name.endswith(".json")]
    return [CheckResult.from_json(parsed(name, bytes_of(files[name]))) for name in names]
