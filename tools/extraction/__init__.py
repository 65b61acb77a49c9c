"""What each release accepts, read from its source: see tools/extract_releases.py."""
