"""Generations of an index: built whole or not at all, opened only when proved undamaged."""
