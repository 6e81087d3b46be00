"""Tests of rapupload.sources."""
