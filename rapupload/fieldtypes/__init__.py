"""fieldtypes."""
