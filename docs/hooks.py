"""What the site shows beyond ``docs/``: pages of the repository's root, files that pages link to, and references.

Pages are written for the repository, where a link is relative to the file that it stands in. Here each link is turned
into the site's own, so that it can be followed in both places. Commands are described by the program itself, Python's
names by their docstrings, so that neither is written twice.
"""

import re
from collections.abc import Iterator
from html import escape
from inspect import cleandoc
from pathlib import Path
from posixpath import dirname, relpath

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ROOT = Path(__file__).parent.parent
_ROOT_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "report-a-weakness.md",  # docs/security.md is another page
}
_ORIGINS = {uri: name for name, uri in _ROOT_PAGES.items()}
_LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)\s]*)?\)")
_PUBLIC = re.compile(r"^__all__ = \[(.*?)\]", re.MULTILINE | re.DOTALL)
_COMMANDS = "<!-- commands -->"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages at the root, one per public room, and one per linked file outside of ``docs/``."""
    pages = {uri: (_ROOT / name).read_text() for name, uri in _ROOT_PAGES.items()}
    for uri, text in [*pages.items(), *_rooms()]:
        files.append(File.generated(config, uri, content=text))
    for path in sorted({path for file in files.documentation_pages() for path in _linked(file)}):
        if path.is_file() and _uri(path) not in files.src_uris:
            files.append(File.generated(config, _uri(path), content=_source_page(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs' names
    """Turn the links of the repository into those of the site, and describe the commands where they are asked for."""
    here = dirname(page.file.src_uri)
    folder = _origin(page.file).parent

    def rewritten(link: re.Match[str]) -> str:
        path = folder / link[1]
        return f"]({relpath(_uri(path), here or '.')}{link[2] or ''})" if path.exists() else link[0]

    markdown = _LINK.sub(rewritten, markdown)
    return markdown.replace(_COMMANDS, _commands()) if _COMMANDS in markdown else markdown


def _origin(file: File) -> Path:
    """Return the file of the repository that a page is written in."""
    return _ROOT / _ORIGINS.get(file.src_uri, f"docs/{file.src_uri}")


def _linked(file: File) -> Iterator[Path]:
    """Yield the files and folders of the repository that a page links to."""
    paths = (_origin(file).parent / link[1] for link in _LINK.finditer(file.content_string))
    return (path.resolve() for path in paths if path.exists())


def _uri(path: Path) -> str:
    """Return where the site has a file of the repository; a folder's page is its README."""
    name = path.resolve().relative_to(_ROOT).as_posix()
    if name in _ROOT_PAGES:
        return _ROOT_PAGES[name]
    if path.is_dir():
        name += "/README.md"
    return name.removeprefix("docs/") if name.startswith("docs/") else f"source/{name}.md"


def _source_page(path: Path) -> str:
    name = path.relative_to(_ROOT).as_posix()
    return f"# {name}\n\n````{path.suffix.removeprefix('.')}\n{path.read_text()}````\n"


def _rooms() -> Iterator[tuple[str, str]]:
    """Yield the address and the text of a page for each room with public names."""
    package = _ROOT / "synth_assets"
    for module in sorted([*package.glob("*/__init__.py"), package / "integrations" / "dagster" / "__init__.py"]):
        public = _PUBLIC.search(module.read_text())
        names = re.findall(r'"(\w+)"', public[1]) if public else []
        room = ".".join(module.parent.relative_to(_ROOT).parts)
        if names and module.parent.name != "cli":
            # A function is hidden by the module that is called like it, so it is asked for by its full name.
            hidden = [f"{room}.{name}.{name}" for name in names if (module.parent / f"{name}.py").exists()]
            parts = [f"# {room}", f"::: {room}\n    options: {{show_root_heading: false, show_root_toc_entry: false}}"]
            parts += [f"::: {name}" for name in hidden]
            yield f"reference/{room.removeprefix('synth_assets.').replace('.', '-')}.md", "\n\n".join(parts)


def _commands() -> str:
    from synth_assets.cli.main import cli

    return "\n\n".join(_described(context) for context in _below(click.Context(cli, info_name="synth-assets")))


def _below(context: click.Context) -> Iterator[click.Context]:
    """Yield the commands below a group, in the order of ``--help``."""
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            if command := context.command.get_command(context, name):
                inner = click.Context(command, info_name=name, parent=context)
                yield inner
                yield from _below(inner)


def _described(context: click.Context) -> str:
    """Return the Markdown of a command: what it does, how it is called, its options."""
    command, depth = context.command, len(context.command_path.split())
    title = f"{'#' * depth} {context.command_path} {{ data-toc-label='{context.info_name}' }}"
    parts = [title, cleandoc(command.help or "").replace("\b\n", "")]
    if not isinstance(command, click.Group):
        parts.append(f"```text\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```")
        records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
        rows = [f"| <code>{_cell(names)}</code> | {_cell(text)} |" for names, text in filter(None, records)]
        parts.append("\n".join(["| option | |", "|---|---|", *rows]) if rows else "")
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return escape(text, quote=False).replace("|", "&#124;")
