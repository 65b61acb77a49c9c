"""What a stock layer owns: its variables and its output shape, from class, config and era."""
