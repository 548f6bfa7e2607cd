"""What is compared, and on what: subjects, products and aspects of subjects.toml."""

from ragbot.guide.entries import Aspect, Product, Subject
from ragbot.guide.file import load, parse
from ragbot.guide.guide import Guide

__all__ = ["Aspect", "Guide", "Product", "Subject", "load", "parse"]
