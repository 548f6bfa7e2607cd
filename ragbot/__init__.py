"""ragbot compares software from its documentation; every statement is a quote you can open.

    from ragbot.assistant import Assistant   question -> Answer; read this module first
    from ragbot.index.build import build     documents -> index
    from ragbot.settings import load         settings
    from ragbot.types import Answer          what comes back

Importing `ragbot` imports none of these, so that a command pays only for what it uses.
"""

__version__ = "0.1.0"
