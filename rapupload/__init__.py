"""rapupload."""
