"""The guard that keeps tests on this machine; its folder goes on PYTHONPATH."""
