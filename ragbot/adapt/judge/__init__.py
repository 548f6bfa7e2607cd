"""Learns a cross-encoder of question and statement from graded quotes."""
