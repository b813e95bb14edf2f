"""``prov.json``: who was made from what, in the words of W3C PROV.

Entities are named by digest. A private source has none: it is its registered
name and the custodian's label. Agents are the contract's owners and nobody
else; who reserved the budget stands in the ledger's entries.

References:
    W3C (2013), "The PROV-JSON Serialization", https://www.w3.org/submissions/prov-json/.
"""

from collections.abc import Mapping
from typing import Any

from synth_assets.release import Release

__all__ = ["provenance"]


def provenance(
    identity: Mapping[str, str],
    *,
    release: Release,
    data: Mapping[str, Mapping[str, Any]],
    owners: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the lineage of a version as plain JSON values.

    Args:
        identity: digests of contract, release, generator and candidate.
        release: says what it was measured on.
        data: digest of each data file, by name.
        owners: who answers for the dataset.
    """
    names = {part: f"synth:{part}/{identity[part]}" for part in ("contract", "release", "generator", "candidate")}
    source = f"synth:source/{release.source}@{release.version}"
    files = {
        f"synth:data/{name}": {"prov:type": "shard", "synth:sha256": file["sha256"]} for name, file in data.items()
    }
    steps = {
        "measurement": ("release", (source, names["contract"])),
        "fit": ("generator", (names["release"],)),
        "sampling": ("candidate", (names["generator"], names["contract"])),
    }
    return {
        "prefix": {"prov": "http://www.w3.org/ns/prov#", "synth": "urn:synth-assets:"},
        "entity": {
            source: {"prov:type": "source", "synth:zone": "private"},
            **{name: {"prov:type": part} for part, name in names.items()},
            **files,
        },
        "activity": {f"synth:{step}": {"prov:type": step} for step in steps},
        "used": {
            f"_:{step}{position}": {"prov:activity": f"synth:{step}", "prov:entity": used}
            for step, (_, inputs) in steps.items()
            for position, used in enumerate(inputs)
        },
        "wasGeneratedBy": {
            f"_:{step}": {"prov:entity": names[output], "prov:activity": f"synth:{step}"}
            for step, (output, _) in steps.items()
        },
        "hadMember": {
            f"_:{position}": {"prov:collection": names["candidate"], "prov:entity": file}
            for position, file in enumerate(files)
        },
        "agent": {f"synth:owner/{owner}": {"prov:type": "owner"} for owner in owners},
    }
