"""Learns a small adapter for the encoder from questions and the passages that answer them."""
