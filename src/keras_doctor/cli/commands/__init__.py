"""One module a command: `run` does it, `arguments` declares its options, `LEAST` is how many words it needs at
least.
"""
