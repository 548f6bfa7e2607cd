"""The source kind `pypi`: an API reference out of the docstrings of a wheel, never run.

    registry   which wheel of which version
    wheel      its members, by range requests where the server has them
    collect    what a module defines, by its syntax tree (modules: what that is kept in)
    texts      string expressions, worked out without running them
    library    names looked up across modules
    public     which names are public, and of what
    symbols    one document a symbol
    fetch      all of it, as a fetcher

griffe was weighed and left: it gives trees and aliases, but every construct that matters here
(docstrings assigned later, attached by calls, filled from templates; names in decorators) would be
an extension of ours, and it reads a package whole where this reads the modules that are asked for.
"""
