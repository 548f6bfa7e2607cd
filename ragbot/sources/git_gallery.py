"""Turns a tutorial that is written as a Python script into reStructuredText.

Sphinx-Gallery renders such scripts: the docstring at the top and the comments below a line of `#`
signs or `# %%` are text, what stands between is code.
"""

import ast
import re

_LONGEST = 300_000  # characters; the longest tutorials have some 50,000
_TEXT_STARTS = re.compile(r"#{20,}.*|# ?%%.*")
_SETTING = re.compile(r"\s*#\s*sphinx_gallery_\w+")


def gallery_text(script: str) -> str:
    """The tutorial as reStructuredText, "" for a script that has no text at its top."""
    if len(script) > _LONGEST:
        return ""
    try:
        module = ast.parse(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    title = ast.get_docstring(module)
    if not title:
        return ""
    parts, code = [title], []
    lines = script.splitlines()[module.body[0].end_lineno :]
    while lines:
        line = lines.pop(0)
        if not _TEXT_STARTS.fullmatch(line):
            code.append(line)
            continue
        parts.append(_listing(code))
        code = []
        text = []
        while lines and lines[0].startswith("#"):
            text.append(lines.pop(0)[1:].removeprefix(" "))
        parts.append("\n".join(text))
    parts.append(_listing(code))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _listing(code: list[str]) -> str:
    kept = [line for line in code if not _SETTING.match(line)]
    if not any(line.strip() for line in kept):
        return ""
    indented = "\n".join(f"   {line}".rstrip() for line in kept).strip("\n")
    return f".. code-block:: python\n\n{indented}"
