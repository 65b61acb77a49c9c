"""Plan, write, verify; and what differs between two artifacts."""
