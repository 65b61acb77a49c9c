"""What each release is and accepts, as data extracted from what was published, never typed by hand."""
