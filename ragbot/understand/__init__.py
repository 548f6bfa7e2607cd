"""Reads the user's words, once, into a `Question`; no later stage looks at the text again."""
