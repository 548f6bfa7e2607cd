"""Holds the files of a wheel against its RECORD, which lists the checksum of each."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Mapping

_HASHES = {"sha256", "sha384", "sha512"}
RECORD = re.compile(r"[^/]+\.dist-info/RECORD")


def unlike_record(record: bytes, held: Mapping[str, bytes]) -> str:
    """Why these files, by their path in the wheel, are not what RECORD lists; "" where they are.

    RECORD and its signatures, which it cannot list, are passed over.
    """
    try:
        rows = {row[0]: row[1] for row in csv.reader(io.StringIO(record.decode("utf-8"))) if row}
    except (UnicodeDecodeError, csv.Error, IndexError) as error:
        return f"its RECORD cannot be read ({error})"
    for path, content in held.items():
        if RECORD.fullmatch(path):
            continue
        name, _, told = rows.get(path, "").partition("=")
        if name not in _HASHES:
            return f"its RECORD has no checksum of {path}"
        digest = base64.urlsafe_b64encode(hashlib.new(name, content).digest())
        if digest.rstrip(b"=").decode() != told.rstrip("="):
            return f"{path} is not what its RECORD lists"
    return ""
