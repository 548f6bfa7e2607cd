"""The vocabulary of Sphinx and MyST: what roles and directives leave in the text."""

import re

_TITLED = re.compile(r"^(.*?)\s*<([^<>]*)>$", re.DOTALL)
_SILENT_ROLES = {
    "octicon",
    "material-regular",
    "material-outlined",
    "eq",
    "index",
    "raw",
    "iconify",
}
_VERBATIM_ROLES = {
    "math",
    "code",
    "literal",
    "samp",
    "kbd",
    "file",
    "command",
    "option",
    "guilabel",
}
_PLACE_ROLES = {"ref", "doc", "numref", "std-ref"}
_UNTITLED = re.compile(
    r"(?<=\w)[-_]+(?=\w)"
)  # in the label of a place, where its title would stand
_FIELDS = (
    (
        re.compile(r"(?:param|parameter|arg|argument|key|keyword|kwarg|kwparam)\s+(?:.+\s)?(\S+)"),
        r"\1",
    ),
    (re.compile(r"(?:var|ivar|cvar)\s+(\S+)"), r"\1"),
    (re.compile(r"(?:type|paramtype|kwtype|vartype)\s+(\S+)"), r"Type of \1"),
    (re.compile(r"returns?"), "Returns"),
    (re.compile(r"rtype"), "Return type"),
    (re.compile(r"(?:raises?|except|exception)\s+(\S.*)"), r"Raises \1"),
)
_OBJECT_ROLES = {"class", "func", "meth", "attr", "mod", "obj", "data", "exc", "any", "const"}

KINDS = {
    "note": "Note",
    "warning": "Warning",
    "tip": "Tip",
    "hint": "Hint",
    "important": "Important",
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "seealso": "See also",
    "info": "Info",
    "todo": "To do",
}
"""Admonition directives, by name, with the word that leads their text."""

STANDINGS = {
    "deprecated": "Deprecated",
    "experimental": "Experimental",
    "beta": "Beta",
    "prototype": "Prototype",
}
"""Admonitions that tell a standing, by name, with the word that leads their text."""

VERSIONS = {
    "versionadded": "Added in",
    "versionchanged": "Changed in",
    "deprecated": "Deprecated since",
    "deprecated-removed": "Deprecated since",
    "versionremoved": "Removed in",
}
"""Version directives, by name; their first argument is the version."""

CODE = {
    "code",
    "code-block",
    "click:example",
    "click:run",
    "code-cell",
    "console",
    "sourcecode",
    "terminal",
    "testcode",
    "prompt",
    "doctest",
    "ipython",
    "jupyter-execute",
    "parsed-literal",
    "math",
}
"""Directives whose content is a listing or a displayed formula."""

UNTITLED = {"container", "grid", "grid-item", "tab-set", "tab-set-code", "div", "only", "ifconfig"}
"""Directives that only wrap; their argument is a matter of layout."""

TABS = {"tab", "tab-item", "group-tab", "code-tab"}
"""Directives that hold one of several ways; their argument says which."""

PROSE_OPTIONS = ("header", "card_description", "intro", "caption", "description")
"""Options of card and gallery directives that are shown to the reader."""

CARD_RULE = re.compile(r"[ \t]*(?:\+{3,}|\^{3,})[ \t]*")
"""The line between the parts of a card."""

_SILENT = {
    "bibliography",
    "button-link",
    "button-ref",
    "contents",
    "currentmodule",
    "customcardend",
    "customcardstart",
    "default-role",
    "footer",
    "graphviz",
    "header",
    "highlight",
    "iframe",
    "image",
    "index",
    "jinja",
    "mermaid",
    "meta",
    "module",
    "plot",
    "raw",
    "role",
    "rst-class",
    "sectionauthor",
    "sectnum",
    "tabularcolumns",
    "testcleanup",
    "testoutput",
    "testsetup",
    "title",
    "toctree",
    "video",
    "youtube",
}


_DROPPED_NAMES = {
    "contents": "table of contents",
    "image": "image",
    "raw": "raw HTML",
    "testoutput": "program output",
    "toctree": "toctree",
}


def is_silent(name: str) -> bool:
    """Whether a directive leaves nothing in the text: navigation, layout, generated API pages."""
    name = name.lower().rpartition(":")[2]
    return name in _SILENT or name.startswith("doxygen")


def dropped_name(name: str) -> str:
    """What a directive that leaves nothing is called in a report."""
    name = name.lower().rpartition(":")[2]
    if is_generated(name) or name.startswith("doxygen"):
        return "autodoc directive"
    return _DROPPED_NAMES.get(name, f"{name} directive")


def is_generated(name: str) -> bool:
    """Whether a directive shows a docstring; only what is written below it stands in the text."""
    return name.startswith("auto") or name in {"class", "py:class"}


def is_signature(name: str) -> bool:
    """Whether a directive describes an object (`py:method`), its argument being a signature."""
    return ":" in name or name in {
        "attribute",
        "confval",
        "data",
        "describe",
        "envvar",
        "exception",
        "function",
        "method",
        "option",
        "property",
    }


def admonition_lead(name: str, title: str) -> tuple[str, ...]:
    """The words before an admonition's text: ("Note",), ("Important note",), ("Tip", "Speed")."""
    kind = (KINDS | STANDINGS).get(name.lower(), "")
    if not kind or kind.lower() in title.lower():
        return (title,) if title else (kind,)
    return (kind, title) if title else (kind,)


def role_text(name: str, text: str) -> str:
    """What a role shows: the title of `title <target>`, a dotted name without `~`, `!` or `.`."""
    name = name.lower().rpartition(":")[2]
    if name in _SILENT_ROLES or name.startswith("fa"):
        return ""
    if name in _VERBATIM_ROLES:
        return text
    if match := _TITLED.match(text):
        text = match[1] or match[2]
    elif name in _PLACE_ROLES:
        return _UNTITLED.sub(" ", text.strip().rpartition("/")[2])
    text = text.strip().lstrip("~!")
    if name in _OBJECT_ROLES:
        text = text.lstrip(".~!")
    if name == "pep":
        return f"PEP {text}"
    return text


def field_name(text: str) -> str:
    """How a field of a description is shown: "item" for `param item`, "Return type" for `rtype`."""
    for pattern, shown in _FIELDS:
        if match := pattern.fullmatch(text):
            return match.expand(shown)
    return text
