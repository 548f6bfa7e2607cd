"""What of HTML within Markdown is left out, and what that is called."""

_DROPPED_TAGS = {
    tag: f"<{tag}> element"
    for tag in (
        "audio", "button", "canvas", "form", "head", "iframe", "noscript", "object", "script",
        "select", "style", "svg", "template", "title", "video",
    )
}  # fmt: skip
_DROPPED_TAGS["img"] = "image"
_DROPPED_CLASSES = {
    "notebook-buttons": "button row",
    "k-default-codeblock": "program output",
    "k-default-code-block": "program output",
}
_RICH_OUTPUT = "overflow-x:auto;line-height:normal"  # how the rich library prints to HTML

Attributes = list[tuple[str, str | None]]


def dropped_name(tag: str, attrs: Attributes) -> str:
    """What an element that is left out is called in a report, "" where it is kept."""
    values = dict(attrs)
    classes = values.get("class") or ""
    for mark, name in _DROPPED_CLASSES.items():
        if mark in classes:
            return name
    if tag == "pre" and _RICH_OUTPUT in (values.get("style") or ""):
        return "program output"
    return _DROPPED_TAGS.get(tag, "")
