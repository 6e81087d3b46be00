"""Tests of the far end's side: sessions, uploads, evidence, hours."""
