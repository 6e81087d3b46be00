"""A RAP that runs on this machine, and misbehaves on request.

It shares only the vocabulary of specs with the product: its batch reader and its
acknowledgement writer are its own, row by row, so that a misreading of the one cannot
hide in the other. ``server`` needs the extra ``simulator`` (asyncssh).
"""
