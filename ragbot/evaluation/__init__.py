"""Scores retrieval, answers and refusals against questions with gold evidence."""
