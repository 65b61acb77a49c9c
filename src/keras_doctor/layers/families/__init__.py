"""The rules of the stock layers, one module a family."""
