"""Sample sources: real input a person can open, and everything expected from it."""
