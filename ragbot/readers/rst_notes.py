"""The footnotes and citations of a doctree, and where each is referred to."""

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

_NOTES = (nodes.footnote, nodes.citation)
_REFERENCES = (nodes.footnote_reference, nodes.citation_reference)


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes that something refers to, by the name or the place in the order that it uses."""

    named: dict[str, nodes.Element]
    automatic: list[nodes.Element]

    def waits(self, node: nodes.Element) -> bool:
        """Whether a node is a note that stands where it is referred to, or stood there."""
        return bool(node.get("referred"))

    def referred(self, node: nodes.Element) -> Iterator[nodes.Element]:
        """The notes that a node refers to, each once."""
        for reference in node.findall(nodes.Element):
            if not isinstance(reference, _REFERENCES):
                continue
            if name := _name(reference):
                note = self.named.pop(name, None)
            else:
                note = self.automatic.pop(0) if self.automatic else None
            if note is not None:
                yield note


def notes_in(tree: nodes.document) -> Notes:
    """The notes of a tree; those that something refers to are marked so."""
    found: list[nodes.Element] = [
        node for node in tree.findall(nodes.Element) if isinstance(node, _NOTES)
    ]
    references = [node for node in tree.findall(nodes.Element) if isinstance(node, _REFERENCES)]
    wanted = {name for node in references if (name := _name(node))}
    many = sum(not _name(node) for node in references)
    named = {name: note for note in found for name in _names(note) if name in wanted}
    automatic = [note for note in found if not _names(note)][:many]
    for note in (*named.values(), *automatic):
        note["referred"] = True
    return Notes(named, automatic)


def _name(reference: nodes.Element) -> str:
    """The name that a reference uses; "" for `[#]_` and `[*]_`, which go by their order."""
    if name := reference.get("refname", ""):
        return str(name)
    return "" if reference.get("auto") else reference.astext().lower()


def _names(note: nodes.Element) -> list[str]:
    names = [str(name) for name in note["names"] + note["dupnames"]]
    if not names and not note.get("auto") and isinstance(note.children[0], nodes.label):
        names = [note.children[0].astext().lower()]
    return names
