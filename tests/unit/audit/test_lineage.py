"""The lineage records what was made from what."""

import json
from pathlib import Path

from synth_assets.promotion import Promotion


def test_every_digest_of_the_version_is_an_entity(promoted: Promotion) -> None:
    lineage = json.loads((promoted.bundle / "prov.json").read_text())
    for digest in (promoted.contract, promoted.release, promoted.generator, promoted.candidate):
        assert any(digest in name for name in lineage["entity"])
    assert [Path(name).name for name in lineage["entity"] if name.startswith("synth:data/")] == ["part-00000.parquet"]


def test_the_release_alone_was_made_from_the_private_source(promoted: Promotion) -> None:
    lineage = json.loads((promoted.bundle / "prov.json").read_text())
    private = {name for name, facts in lineage["entity"].items() if facts.get("synth:zone") == "private"}
    users = {use["prov:activity"] for use in lineage["used"].values() if use["prov:entity"] in private}
    assert private == {"synth:source/census@2026-11"}
    assert users == {"synth:measurement"}
    entities = {
        generation["prov:activity"]: generation["prov:entity"] for generation in lineage["wasGeneratedBy"].values()
    }
    assert entities["synth:measurement"] == f"synth:release/{promoted.release}"


def test_owners_are_the_only_agents(promoted: Promotion) -> None:
    assert list(json.loads((promoted.bundle / "prov.json").read_text())["agent"]) == ["synth:owner/team:tests"]
