"""The use cases; the only package that joins the stages.

``checking`` and ``preparing`` turn a source into batches, ``deciding`` holds what a person
decides, ``sending`` and ``recovering`` keep the delivery promise, ``collecting`` and
``answering`` give every row its outcome, ``reporting`` reads it all back, ``diagnosing``
is the doctor. All of them work on a ``desk``.
"""
