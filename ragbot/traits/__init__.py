"""What is true of a statement whatever is asked; found once, when an index is built.

    speaking     whom it speaks of                    speaking.py
    asserting    the names and numbers that it states asserting.py
    standing     what it says to be deprecated        standing.py

The English words that decide stand in english.toml.
"""
