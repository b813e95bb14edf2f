"""The tools that come with this package, one line each, and a curator's own scripts.

Example:
    >>> chosen_tool("sdmetrics").needs
    'sdmetrics'
"""

from dataclasses import dataclass
from pathlib import Path

from synth_assets.errors import UsageError
from synth_assets.files import sha256_file

__all__ = ["TOOLS", "Tool", "chosen_tool"]

_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program for exact rows.

    Attributes:
        name: what the ledger and the command line call it.
        script: its file.
        needs: the package that it cannot do without, which may be missing; it has the same name in ``pip`` unless
            it is our own.
        control: it compares with people whom the release did not measure, so the account must be split.
        target: it predicts the contract's target.
    """

    name: str
    script: Path
    needs: str | None = None
    control: bool = False
    target: bool = False

    def named(self, digest: str) -> str:
        """Return what the ledger says of it: its name, and the first digits of its script's SHA-256."""
        return f"{self.name}@{digest[:_DIGITS]}"

    def digest(self) -> str:
        """Return the SHA-256 of its script."""
        return sha256_file(self.script)


_HERE = Path(__file__).parent
TOOLS = {
    tool.name: tool
    for tool in (
        Tool(name="anonymeter", script=_HERE / "anonymeter_attacks.py", needs="anonymeter", control=True),
        Tool(name="sdmetrics", script=_HERE / "sdmetrics_reports.py", needs="sdmetrics"),
        Tool(name="hybrid", script=_HERE / "hybrid_models.py", needs="synth_assets", target=True),
    )
}
"""The tools that come with this package. A new one is a file and a line here."""


def chosen_tool(name: str) -> Tool:
    """Return the tool of a name, or the script at a path that ends in ``.py``.

    Raises:
        UsageError: there is neither.
    """
    if name in TOOLS:
        return TOOLS[name]
    script = Path(name).absolute()
    if script.suffix == ".py" and script.is_file():
        return Tool(name=script.name, script=script)
    raise UsageError(
        f"{name!r} is neither a tool nor a script", hint=f"tools: {', '.join(TOOLS)}; or the path of a .py file"
    )
