"""Where foreign bytes are parsed: processes of their own, under limits of time, memory and output.

    limits    what one piece of work may take
    work      what a task is given
    frames    how the two sides speak: lengths and bytes, nothing that is run or unpickled
    worker    the side that parses; it is ended by the system where it takes too long
    process   one worker as its owner sees it: started, asked, watched, replaced
    crew      several of them, whose results keep the order of what they were asked

A task is a function of ours, named as `module:function`, that takes a Work and yields bytes. It
raises ReadError where the bytes are not what they should be; whatever else goes wrong in it, its
memory, its time or its process, is a ReadError of the one who asked.
"""

from ragbot.quarantine.crew import Crew
from ragbot.quarantine.limits import Limits, in_force
from ragbot.quarantine.process import Quarantine
from ragbot.quarantine.work import Work

__all__ = ["Crew", "Limits", "Quarantine", "Work", "in_force"]
