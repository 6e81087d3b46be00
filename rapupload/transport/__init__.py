"""The far end: sessions, endpoints, retries and service hours.

``Channel`` is the seam: what stands above it knows places and files, never folders,
SFTP or paramiko. Modules are imported by name; importing the package loads none.
"""
