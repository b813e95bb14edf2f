"""The site as ``make docs`` writes it: each link and anchor leads somewhere, and nothing comes from elsewhere."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import click
import pytest
from pages import browser_page

import synth_assets
from synth_assets.cli.main import cli

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

_ROOT = Path(synth_assets.__file__).parent.parent
_LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
_FIRST = "https://site.example/"


@dataclass
class _Page(HTMLParser):
    """What a page links to, loads and can be linked at."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    paragraphs: list[str] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in _LOADED and _LOADED[tag] in values:
            self.loads.append(values[_LOADED[tag]])
        if tag == "p":
            self.paragraphs.append("")
        if tag in ("p", "code"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._inside == ["p"]:
            self.paragraphs[-1] += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=_ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, _Page]:
    parsed = {}
    for path in sorted(site.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text())
        parsed[path.relative_to(site).as_posix()] = page
    return parsed


def _targets(name: str, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the path and the anchor of each address on this site."""
    for address in addresses:
        parts = urlsplit(urljoin(_FIRST + name, address))
        if f"{parts.scheme}://{parts.netloc}/" == _FIRST:
            yield unquote(parts.path).lstrip("/"), unquote(parts.fragment)


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[str, _Page]) -> None:
    broken = [
        (name, path, anchor)
        for name, page in pages.items()
        if name != "404.html"  # whose addresses begin at the root of a server
        for path, anchor in _targets(name, [*page.links, *page.loads])
        if not (site / path).is_file() or (anchor and path in pages and anchor not in pages[path].ids)
    ]
    assert broken == []
    assert sum(len(page.links) for page in pages.values()) > 1_000


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, _Page]) -> None:
    assert [(name, load) for name, page in pages.items() for load in page.loads if "//" in load] == []


def test_every_page_of_the_repository_is_on_the_site(site: Path) -> None:
    written = {path.relative_to(_ROOT / "docs").with_suffix(".html") for path in (_ROOT / "docs").rglob("*.md")}
    built = {path.relative_to(site) for path in site.rglob("*.html")}
    assert {path.with_stem("index") if path.stem == "README" else path for path in written} <= built
    assert not {path.suffix for path in site.rglob("*")} & {".md", ".py", ".pyc"}


def test_no_paragraph_shows_a_list_or_a_table_as_it_was_written(pages: dict[str, _Page]) -> None:
    raw = re.compile(r"^\s*([-*|] |\d{1,2}\. |```)|\]\(", re.MULTILINE)
    assert [(name, text) for name, page in pages.items() for text in page.paragraphs if raw.search(text)] == []


def _commands(context: click.Context) -> Iterator[click.Context]:
    if not isinstance(context.command, click.Group):
        yield context
        return
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        assert command
        yield from _commands(click.Context(command, info_name=name, parent=context))


def test_every_command_is_described_with_its_options(site: Path, pages: dict[str, _Page]) -> None:
    text = (site / "commands.html").read_text()
    for context in _commands(click.Context(cli, info_name="synth-assets")):
        anchor = context.command_path.replace(" ", "-")
        assert anchor in pages["commands.html"].ids
        section = text.partition(f'id="{anchor}"')[2].partition("<h")[0]
        options = [name for option in context.command.params for name in option.opts if name.startswith("--")]
        assert [name for name in options if name not in section] == [], anchor


def test_every_public_name_is_described(site: Path, pages: dict[str, _Page]) -> None:
    rooms = sorted(path.stem for path in (site / "reference").iterdir() if path.stem != "index")
    described = {"synth_assets": "reference/index.html"} | {
        f"synth_assets.{room.replace('-', '.')}": f"reference/{room}.html" for room in rooms
    }
    missing = [
        (module, name)
        for module, page in described.items()
        for name in import_module(module).__all__
        if not {f"{module}.{name}", f"{module}.{name}.{name}"} & pages[page].ids
    ]
    assert missing == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_screen_and_are_searched_without_a_server(site: Path, width: int) -> None:
    with browser_page(width=width) as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        for name in ("index", "commands", "checks", "reference/contract", "benchmarks"):
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width, name
        page.locator("label[for=__search]").first.click() if width < 1000 else page.click(".md-search__input")
        page.keyboard.type("contribution bounding")
        page.wait_for_selector(".md-search-result__item")
        assert page.outside == []
        assert faults == []
