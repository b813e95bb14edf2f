"""Alter a version and make its digests fit again, as somebody who knows the format would."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.audit.evidence import evidence_digest
from synth_assets.audit.manifest import contents_of, describe_files, write_manifest
from synth_assets.checks import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.files import sha256_file, write_json
from synth_assets.release.formats import FORMATS


def edit_json(path: Path, change: Callable[[Any], None]) -> None:
    """Read a JSON file, change its value in place, and write it back."""
    value = json.loads(path.read_text())
    change(value)
    path.unlink()
    if path.name == "contract.json":  # the order of its columns counts
        path.write_text(json.dumps(value))
    else:
        write_json(path, value)


def edit_lines(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Read a file of JSON lines, change the list in place, and write it back."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.unlink()
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def reseal(version: Path, **changes: str) -> Path:
    """Write the manifest anew over what is there now, and the digest that the report says of it.

    Returns the bundle, in a folder without a digest's name.
    """
    bundle = version / "bundle"
    manifest: Mapping[str, Any] = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").unlink()
    checks = [*(bundle / "checks").glob("*.json"), *(bundle / "scenarios").glob("*/checks/*.json")]
    results = [CheckResult.from_json(json.loads(path.read_text())) for path in checks]
    identity = {
        **{word: manifest[word] for word in ("dataset", "release", "generator")},
        "contract": DatasetContract.model_validate_json((bundle / "contract.json").read_bytes()).digest(),
        "candidate": sha256_file(bundle / "candidate.json"),
        "evidence": evidence_digest(results),
        **changes,
    }
    scenarios = {folder.name: _shards(folder) for folder in (version / "scenarios").glob("*")}
    parts = {"identity": identity, "data": _shards(version / "data"), "scenarios": scenarios}
    write_manifest(bundle, **parts)  # type: ignore[arg-type]
    report = bundle / "report.html"
    if report.is_file():
        sealed = json.loads((bundle / "manifest.json").read_text())
        before, after = contents_of(manifest).encode(), contents_of(sealed).encode()
        page = report.read_bytes().replace(before, after)
        report.unlink()
        report.write_bytes(page)
        (bundle / "manifest.json").unlink()
        write_manifest(bundle, **parts)  # type: ignore[arg-type]
    return bundle


def _shards(folder: Path) -> dict[str, dict[str, Any]]:
    return describe_files(folder, [path.name for path in folder.glob("*.parquet")])


def change_release(version: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change release.json, give the release its new digest wherever the bundle names it, and return the bundle."""
    (folder,) = (version / "bundle" / "release").iterdir()
    edit_json(folder / "release.json", change)
    digest = sha256_file(folder / "release.json")
    folder.rename(folder.with_name(digest))
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate["parents"].update(release=digest))
    edit_json(version / "bundle" / "generator.json", lambda generator: generator.update(release=digest))
    return reseal(version, release=digest)


FACTS = ("shape", "scale", "d_in", "rho", "delta", "draw")
"""What a described answer has beside its kind, descriptor and mechanism."""


def change_answers(version: Path, kind: str, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """Change the answers of one kind, values among them, and make all digests fit; return the bundle.

    Each answer is one flat record: the parts of its descriptor, its facts, ``mechanism`` as text and
    ``values`` as a flat list. Records may be changed, added and removed.
    """
    (folder,) = (version / "bundle" / "release").iterdir()
    facts = json.loads((folder / "release.json").read_text())
    values = iter(pq.read_table(folder / "answers.parquet")["value"].to_pylist())
    records = [
        {
            **answer["descriptor"],
            **{name: answer[name] for name in FACTS if name in answer},
            "kind": answer["kind"],
            "mechanism": facts["mechanisms"][answer["mechanism"]],
            "values": [next(values) for _ in range(math.prod(answer["shape"]))],
        }
        for answer in facts["answers"]
    ]
    changed = [record for record in records if record["kind"] == kind]
    change(changed)
    first = next((index for index, record in enumerate(records) if record["kind"] == kind), 0)
    others = [record for record in records if record["kind"] != kind]
    _write_answers(folder, [*others[:first], *changed, *others[first:]])
    return change_release(version, lambda _: None)


def _write_answers(folder: Path, records: list[dict[str, Any]]) -> None:
    facts = json.loads((folder / "release.json").read_text())
    mechanisms = list(dict.fromkeys(record["mechanism"] for record in records))
    known = {*FACTS, "kind", "mechanism", "values"}
    answers, rows = [], []
    for number, record in enumerate(records):
        values = record["values"]
        flat = len(record["shape"]) == 1
        answers.append(
            {
                "kind": record["kind"],
                "descriptor": {name: part for name, part in record.items() if name not in known},
                **{name: record[name] for name in FACTS if name in record},
                "shape": [len(values)] if flat else record["shape"],
                "mechanism": mechanisms.index(record["mechanism"]),
            }
        )
        rows += [(number, record["draw"], cell, value) for cell, value in enumerate(values)]
    columns = dict(zip(FORMATS[4].columns, map(list, zip(*rows, strict=True)), strict=True))
    (folder / "answers.parquet").unlink()
    pq.write_table(pa.table(columns, schema=FORMATS[4].schema), folder / "answers.parquet")
    facts["files"]["answers.parquet"] = sha256_file(folder / "answers.parquet")
    facts.update(mechanisms=mechanisms, answers=answers)
    (folder / "release.json").unlink()
    write_json(folder / "release.json", facts)
