"""Reads YAML of strangers as data: strings, lists and dicts, and nothing that grows."""

from typing import Any

import yaml


class _Plain(yaml.BaseLoader):
    """Builds strings, lists and dicts only: no dates that do not exist, no objects.

    It knows no aliases: a few lines of lists of aliases of lists would say more than any memory
    holds.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="it holds an alias")
        return super().compose_node(parent, index)


class _Tagless(_Plain):
    """Leaves out what a tag asks for besides."""


_Tagless.add_multi_constructor("!", lambda *_: "")
_Tagless.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: "")


def plain_yaml(text: str, *, tags: bool = True) -> Any:
    """What YAML says, all values as strings, lists or dicts; None where it cannot be read.

    Without `tags` the value that a tag stands before is "".
    """
    try:
        return yaml.load(text, Loader=_Plain if tags else _Tagless)  # noqa: S506 - plain values
    except (yaml.YAMLError, RecursionError):
        return None
