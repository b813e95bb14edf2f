"""The lineage says who was made from what."""

import json
from pathlib import Path

from synth_assets.promotion import Promotion


def test_every_digest_of_the_version_is_an_entity(promoted: Promotion) -> None:
    told = json.loads((promoted.bundle / "prov.json").read_text())
    for digest in (promoted.contract, promoted.release, promoted.generator, promoted.candidate):
        assert any(digest in name for name in told["entity"])
    assert [Path(name).name for name in told["entity"] if name.startswith("synth:data/")] == ["part-00000.parquet"]


def test_the_release_alone_was_made_from_the_private_source(promoted: Promotion) -> None:
    told = json.loads((promoted.bundle / "prov.json").read_text())
    private = {name for name, facts in told["entity"].items() if facts.get("synth:zone") == "private"}
    users = {use["prov:activity"] for use in told["used"].values() if use["prov:entity"] in private}
    assert private == {"synth:source/clinic@2026-11"}
    assert users == {"synth:measurement"}
    made = {item["prov:activity"]: item["prov:entity"] for item in told["wasGeneratedBy"].values()}
    assert made["synth:measurement"] == f"synth:release/{promoted.release}"


def test_owners_are_the_only_agents(promoted: Promotion) -> None:
    assert list(json.loads((promoted.bundle / "prov.json").read_text())["agent"]) == ["synth:owner/team:tests"]
