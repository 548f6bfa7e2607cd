"""ragbot compares software from its documentation; every statement is a quote you can open.

    from ragbot.assistant import Assistant   question -> Answer; read this module first
    from ragbot.index.build import build     documents -> index
    from ragbot.settings import load         settings
    from ragbot.types import Answer          what comes back

Importing `ragbot` imports none of these, so that a command pays only for what it uses.
"""

import os

# onnxruntime notes a device id in the user's folder and reports to its makers from the moment it is
# imported, by whomever; switching it off later (`open_session` does too) comes too late for that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
