"""The terminal that results are drawn on."""

from rich.console import Console


class Terminal(Console):
    """A console that leaves it to the command line what a reader who went away means."""

    def __init__(self) -> None:
        super().__init__(highlight=False)

    def on_broken_pipe(self) -> None:
        """Pass it on; rich would end the process with a status of its own."""
        raise BrokenPipeError
