"""The fault suite: the promise, counted, under every fault we could think of.

``make faults`` runs it whole, ``pytest`` a slice. After each fault the next start
recovers, and what the journal says is held against what the far end really received:

- every approved file is there zero times or once, bit for bit;
- nothing is called sent, received or accepted that is not there;
- every batch is settled, waiting, or listed as in doubt; none stays ``sending``;
- the journal's chain and tables agree.
"""
