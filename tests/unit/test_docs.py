"""What the documents say can be followed: links lead somewhere, commands exist, contracts are good."""

import doctest
import re
from pathlib import Path

import click
import pytest
import yaml

import synth_assets
from synth_assets.cli.main import cli
from synth_assets.contract.yaml_file import faults_of, parse_contract
from synth_assets.evaluation.asked import gate_faults
from synth_assets.evaluation.metrics.registry import METRICS

_ROOT = Path(synth_assets.__file__).parent.parent
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")
_MODULE = re.compile(r"`((?:[a-z_<>]+/)+[a-z_<>]+\.(?:py|html))")
_COMMAND = re.compile(r"synth-assets ((?:[a-z][a-z-]*(?: |$|`))+)", re.MULTILINE)


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return {path}
    context = click.Context(command)
    inner = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {path} | {
        inner_path
        for name, subcommand in inner.items()
        if subcommand
        for inner_path in _commands(subcommand, (*path, name))
    }


def _texts() -> str:
    return "\n".join(path.read_text() for path in _PAGES)


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    targets = [target for target, _ in _LINK.findall(page.read_text()) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_modules_that_a_page_names_are_there() -> None:
    package, rooms = _ROOT / "synth_assets", {path.name for path in (_ROOT / "synth_assets").iterdir()}
    missing = {
        (page.name, path)
        for page in _PAGES
        for path in _MODULE.findall(page.read_text())
        if "<" not in path and (path.split("/")[0] in rooms or path.startswith("synth_assets/"))
        if not (package / path.removeprefix("synth_assets/")).exists()
    }
    assert missing == set()


def test_every_command_stands_in_the_documents() -> None:
    text = _texts()
    missing = [" ".join(path) for path in _commands(cli) if f"synth-assets {' '.join(path)}".strip() not in text]
    assert missing == []


def test_every_command_in_a_document_exists() -> None:
    known = _commands(cli)
    mentioned = {tuple(words.replace("`", " ").split()) for words in _COMMAND.findall(_texts())}
    unknown = [" ".join(words) for words in mentioned if not any(words[: len(path)] == path for path in known if path)]
    assert unknown == []


@pytest.mark.parametrize(
    "page", ["docs/checks.md", "docs/existing-project.md", "docs/simulators.md", "docs/tutorial.md", "README.md"]
)
def test_contracts_in_a_page_have_no_fault(page: str) -> None:
    blocks = re.findall(r"```yaml\n(?:# .*\n)?(type: synth_assets.*?)```", (_ROOT / page).read_text(), re.DOTALL)
    assert blocks
    assert [str(fault) for block in blocks for fault in faults_of(block, page)] == []


def test_the_contract_with_gates_asks_what_can_be_measured() -> None:
    (block,) = re.findall(r"```yaml\n(type: synth_assets.*?)```", (_ROOT / "docs/checks.md").read_text(), re.DOTALL)
    contract = parse_contract(block, "docs/checks.md")
    assert contract.gates
    assert contract.privacy.holdout
    assert list(gate_faults(contract)) == []


def test_every_figure_that_can_be_measured_stands_in_the_table_of_checks() -> None:
    text = (_ROOT / "docs/checks.md").read_text()
    assert [family for family in METRICS if not re.search(rf"^\| `{family}[`.]", text, re.MULTILINE)] == []


def test_the_contract_in_the_readme_is_the_one_in_the_project() -> None:
    (block,) = re.findall(r"```yaml\n(type: synth_assets.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
    file = _ROOT / "dagster_project" / "defs" / "minimal" / "defs.yaml"
    assert parse_contract(block, "README.md") == parse_contract(file.read_text(), str(file))


def test_the_way_in_python_in_the_readme_is_the_one_that_runs() -> None:
    blocks = re.findall(r"```pycon\n(.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
    shown, runs = (
        [(example.source, example.want) for text in texts for example in doctest.DocTestParser().get_examples(text)]
        for texts in (blocks, [synth_assets.__doc__ or ""])
    )
    assert shown == runs


def test_every_decision_is_listed() -> None:
    folder = _ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("[0-9]*.md") if f"]({path.name})" not in listed] == []


def test_hooks_are_local_so_that_a_commit_needs_no_network() -> None:
    hooks = yaml.safe_load((_ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    assert {hook["language"] for repo in hooks["repos"] for hook in repo["hooks"]} == {"system"}


def test_what_an_auditor_installs_is_named_without_an_address() -> None:
    lines = (_ROOT / "requirements-verify.txt").read_text().splitlines()
    pattern = r"#.*|[A-Za-z0-9_-]+([<>]=?[0-9.]+(,<[0-9.]+)?)?"
    assert [line for line in lines if not re.fullmatch(pattern, line) or "://" in line] == []


def test_constraints_are_names_and_versions_alone() -> None:
    lines = [line for line in (_ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    assert lines == sorted(lines, key=lambda line: re.sub(r"[-_.]+", "-", line.split("==")[0]).lower())
    assert "torch==2.13.0" in lines
