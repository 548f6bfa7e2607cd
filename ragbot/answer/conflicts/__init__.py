"""Where the sources disagree with what an answer quotes, and which of them it follows.

    contrary     statements that another one excludes     contrary.py
    outdated     things that a quote names and another statement calls deprecated
    voices       who is followed: who speaks, and when    voices.py
    siding       what is followed stands first, what is not is marked
    disputes     all of it, put into an answer            disputes.py

What statements assert was found when the index was built (ragbot/traits).
"""
