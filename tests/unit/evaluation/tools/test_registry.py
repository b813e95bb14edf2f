"""A tool is a name of ours or a curator's own script, and the ledger can tell which file it was."""

from pathlib import Path

import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.tools.registry import TOOLS, chosen_tool
from synth_assets.files import sha256_bytes


def test_every_tool_of_ours_has_a_file_that_runs_by_itself() -> None:
    for tool in TOOLS.values():
        text = tool.script.read_text()
        assert 'if __name__ == "__main__":' in text
        if tool.needs != "synth_assets":
            assert "synth_assets" not in text  # it runs where that is not installed


def test_a_script_is_named_by_its_file_and_its_digest(tmp_path: Path) -> None:
    script = tmp_path / "my_network.py"
    script.write_text("print()")
    tool = chosen_tool(str(script))
    digest = sha256_bytes(b"print()")
    assert (tool.digest(), tool.named(digest)) == (digest, f"my_network.py@{digest[:12]}")


@pytest.mark.parametrize("name", ["luck", "missing.py", "."])
def test_anything_else_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UsageError, match="neither a tool nor a script") as caught:
        chosen_tool(name)
    assert "anonymeter, sdmetrics, hybrid" in str(caught.value.hint)
