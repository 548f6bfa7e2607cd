"""What the files of an archive may take, so that a small one cannot fill the memory."""

from typing import IO

_MOST_MEMBERS = 50_000
_FILES_IN_TOTAL = 20  # the total is as much as so many files of the largest size
_MOST_TIMES = 200  # text packs tenfold; what packs more than this was made to
_FREE_BYTES = 10_000_000  # so much may be packed as tightly as it likes


class TooLargeError(Exception):
    """An archive that holds more than it may."""


class Budget:
    """Counts what is read of an archive that is `packed` bytes large itself.

    `single` is the largest file in bytes. All files together may be 20 times that, at most 200
    times the archive's own size, and 50,000.
    """

    def __init__(self, single: int, packed: int) -> None:
        self.single = single
        self._members = 0
        self._spent = 0
        self._most = min(single * _FILES_IN_TOTAL, max(packed * _MOST_TIMES, _FREE_BYTES))

    def count(self) -> None:
        """Count a member.

        Raises:
            TooLargeError: there are too many.
        """
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise TooLargeError(f"it holds more than {_MOST_MEMBERS} files; unpack it to a folder")

    def spend(self, size: int) -> None:
        """Count unpacked bytes.

        Raises:
            TooLargeError: there are too many.
        """
        self._spent += size
        if self._spent > self._most:
            most = f"{self._most / 1e6:.0f} MB"
            raise TooLargeError(
                f"unpacked it is larger than {most}, which its own size or the limit of a file "
                "allows; unpack it to a folder if it can be trusted"
            )

    def too_large(self, size: int) -> str:
        """Why a member of that size is not read, in words."""
        limit = f"the limit of {self.single / 1e6:.0f} MB"
        return f"{size / 1e6:.0f} MB is more than {limit} (raise it with RAGBOT_MAX_FILE_MEGABYTES)"


class Bounded:
    """A file of which every byte that is read is counted."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int) -> bytes:
        """At most so many bytes.

        Raises:
            TooLargeError: the budget is spent.
        """
        data = self._file.read(size)
        self._budget.spend(len(data))
        return data
