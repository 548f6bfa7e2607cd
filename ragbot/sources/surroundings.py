"""What stands around a file says of it: the files that it takes in, its project's settings."""

from dataclasses import replace
from pathlib import Path

from ragbot.sources.catalog import UNKNOWN
from ragbot.sources.files import File
from ragbot.sources.inclusion import inclusions
from ragbot.sources.project import project_of
from ragbot.types import RawDocument


def surrounded(raw: RawDocument, file: File, root: Path) -> RawDocument:
    """The document with what its surroundings say; what is said of itself stands.

    `root` is the folder outside of which nothing is looked at.
    """
    project = project_of(file.location, root)
    if project is not None:
        path = file.location.relative_to(project.folder).as_posix()
        raw = replace(
            raw,
            media_type=project.suffixes.get(file.location.suffix.lower(), raw.media_type),
            title=raw.title or project.titles.get(path, ""),
            url=project.url(path) or raw.url if raw.url == UNKNOWN else raw.url,
            definitions=project.definitions,
        )
    return replace(raw, included=inclusions(root, file, raw.content, raw.media_type))
