"""What may be shown: whole characters, and addresses of the web without a password."""

import re
from urllib.parse import urlsplit

from ragbot.characters import whole

_LOGIN = re.compile(r"(?<=//)[^/\s?#\"'<>\\]*@")
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST = 2000


def redacted(text: str) -> str:
    """The text with the user name and password of every address in it taken out."""
    return _LOGIN.sub("", text)


def web_address(url: str) -> str:
    """The http or https address that a reader may be sent to, without a login; "" where it is none.

    Whatever else a browser would follow (`javascript:`, `data:`, `file:`) is none.
    """
    url = url.strip().replace(" ", "%20")
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    if not is_web or len(url) > _LONGEST or _NOT_SHOWN.search(url) or whole(url) != url:
        return ""
    return redacted(url)
