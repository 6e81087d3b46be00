"""What a spec file may say, and how it is read: file formats are data.

``format`` is the strict model, ``loader`` reads a file or names all its faults,
``catalogue`` knows which file is in force, ``rules`` compiles predicates, ``records``
writes and reads the fields of a record.
"""
