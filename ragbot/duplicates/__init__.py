"""Near-duplicates: which documents and passages say the same, and which of them speaks.

    wording     the words of a text, as they are compared
    near        candidates by MinHash and banding, and what they really share
    documents   which documents are one text, and which of them is kept
    passages    which passages repeat another

A candidate is never believed: every fold rests on the words themselves.
"""
