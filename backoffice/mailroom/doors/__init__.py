"""The doors by which scans come in: upload, drop folder, console, scanners. All lead to one pipeline."""
