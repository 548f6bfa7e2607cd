"""The footnotes and citations of a doctree, and where each is referred to."""

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

_NOTES = (nodes.footnote, nodes.citation)
_REFERENCES = (nodes.footnote_reference, nodes.citation_reference)


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes that something refers to, and those of them that are not written yet.

    Nodes go by their `id()`: they have no hash, and two of them may look the same.
    """

    noted: dict[int, nodes.Element]
    left: dict[int, nodes.Element]

    def waits(self, node: nodes.Element) -> bool:
        """Whether a node is a note that stands where it is referred to, or stood there."""
        return bool(node.get("referred"))

    def referred(self, node: nodes.Element) -> Iterator[nodes.Element]:
        """The notes that a node refers to, each once."""
        for reference in node.findall(nodes.Element):
            note = self.noted.get(id(reference))
            if note is not None and self.left.pop(id(note), None) is not None:
                yield note

    def rest(self) -> Iterator[nodes.Element]:
        """The notes that only something refers to that is not written."""
        while self.left:
            yield self.left.pop(next(iter(self.left)))


def notes_in(tree: nodes.document) -> Notes:
    """The notes of a tree, tied to their references; those that have any are marked so."""
    found: list[nodes.Element] = [
        node for node in tree.findall(nodes.Element) if isinstance(node, _NOTES)
    ]
    named = {name: note for note in found for name in _names(note)}
    noted = {
        id(node): named[name]
        for node in tree.findall(nodes.Element)
        if isinstance(node, _REFERENCES) and (name := _name(node)) in named
    }
    for references, notes in (
        (tree.autofootnote_refs, tree.autofootnotes),
        (tree.symbol_footnote_refs, tree.symbol_footnotes),
    ):
        unnamed = [node for node in references if not _name(node)]
        noted |= zip(map(id, unnamed), (note for note in notes if not _names(note)), strict=False)
    for note in noted.values():
        note["referred"] = True
    return Notes(noted, {id(note): note for note in noted.values()})


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
