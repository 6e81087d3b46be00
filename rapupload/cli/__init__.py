"""The command line: one face of the services; every import waits for its command."""
