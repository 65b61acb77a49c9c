"""One module a command: `run` does it, `arguments` declares its options."""
