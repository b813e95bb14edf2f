r"""Limits on YAML text, checked before anything is built from it.

In YAML an alias stands for what its anchor names, which may hold aliases too. A
text of ten lines can thus expand to a billion values, and a program that walks
through them never finishes. Here the events of a text are counted without
building anything, and each alias counts as everything that it expands to.

Example:
    >>> check_bounds("a: &a [x, x, x]\nb: [*a, *a]\n")
    >>> bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    >>> try:
    ...     check_bounds(bomb)
    ... except yaml.YAMLError as error:
    ...     print(error.problem, error.problem_mark.line + 1)
    with its aliases written out it has more than 500,000 values 7
"""

from typing import Any

import yaml

__all__ = ["LONGEST_SCALAR", "MOST_CHARACTERS", "MOST_LEVELS", "MOST_VALUES", "YamlTooLargeError", "check_bounds"]

MOST_CHARACTERS = 1 << 22
"""Limit for a whole text. A hundred columns of a thousand categories each take a quarter of it."""
MOST_VALUES = 500_000
"""Keys, values, lists and mappings, with all aliases written out."""
MOST_LEVELS = 64
"""Lists and mappings inside one another, with all aliases written out."""
LONGEST_SCALAR = 1 << 17
"""Characters of one key or value; reading a long number takes the square of its length."""


class YamlTooLargeError(yaml.MarkedYAMLError):
    """The text is larger, or expands to more, than anything that a person writes."""


def check_bounds(text: str) -> None:
    """Refuse a text that is too large, too deep, or would be with its aliases written out.

    Text that is not YAML passes; the parser that reads it later reports the error.

    Raises:
        YamlTooLargeError: a limit is exceeded; the error says which and at which line.
    """
    if len(text) > MOST_CHARACTERS:
        raise _too_large(f"it has more than {MOST_CHARACTERS:,} characters", yaml.Mark("", 0, 0, 0, None, 0))
    count = _Count()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            count.add(event)
    except YamlTooLargeError:
        raise
    except yaml.YAMLError:
        return


class _Count:
    """Counts values and levels of the lists and mappings that are open; innermost last."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, int, int]] = [(None, 0, 0)]  # its anchor, its values, levels inside it
        self._anchored: dict[str, tuple[int, int]] = {}

    def add(self, event: yaml.Event) -> None:
        """Count one event.

        Raises:
            YamlTooLargeError: a limit is exceeded.
        """
        if isinstance(event, yaml.ScalarEvent):
            if len(event.value) > LONGEST_SCALAR:
                raise _too_large(f"one value has more than {LONGEST_SCALAR:,} characters", event.start_mark)
            self._hold(1, 0, event)
            self._name(event.anchor, 1, 0)
        elif isinstance(event, yaml.AliasEvent):
            # An anchor that is still open contains itself; the parser that reads the text later reports it.
            self._hold(*self._anchored.get(str(event.anchor), (1, 0)), event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor, 1, 1))
            self._refuse(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, values, levels = self._open.pop()
            self._hold(values, levels, event)
            self._name(anchor, values, levels)

    def _hold(self, values: int, levels: int, event: yaml.Event) -> None:
        anchor, held, deepest = self._open[-1]
        inside = levels + 1 if len(self._open) > 1 else levels
        self._open[-1] = (anchor, held + values, max(deepest, inside))
        self._refuse(event)

    def _name(self, anchor: str | None, values: int, levels: int) -> None:
        if anchor is not None:
            self._anchored[anchor] = (values, levels)

    def _refuse(self, event: yaml.Event) -> None:
        if sum(values for _, values, _ in self._open) > MOST_VALUES:
            raise _too_large(f"with its aliases written out it has more than {MOST_VALUES:,} values", event.start_mark)
        if len(self._open) - 2 + self._open[-1][2] > MOST_LEVELS:
            raise _too_large(f"lists and mappings nest deeper than {MOST_LEVELS} levels", event.start_mark)


def _too_large(problem: str, mark: Any) -> YamlTooLargeError:
    return YamlTooLargeError(problem=problem, problem_mark=mark)
