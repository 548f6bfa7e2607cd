"""What stands around a file says of it: the files that it takes in, its project's settings."""

from dataclasses import replace

from ragbot.sources.catalog import UNKNOWN
from ragbot.sources.files import File
from ragbot.sources.inclusion import inclusions
from ragbot.sources.project import project_of
from ragbot.sources.walk import Reach
from ragbot.types import RawDocument


def surrounded(raw: RawDocument, file: File, reach: Reach) -> RawDocument:
    """The document with what its surroundings say; what is said of itself stands.

    Nothing is looked at outside of the corpus folder, but settings where links out of it count.
    """
    project = project_of(file.location, reach)
    if project is not None:
        path = file.location.relative_to(project.folder).as_posix()
        raw = replace(
            raw,
            media_type=project.suffixes.get(file.location.suffix.lower(), raw.media_type),
            title=raw.title or project.titles.get(path, ""),
            url=project.address.filled(path) or raw.url if raw.url == UNKNOWN else raw.url,
            definitions=project.definitions,
        )
    return replace(raw, included=inclusions(reach, file, raw.content, raw.media_type))
