"""Computations of stock layers, one module a family. Each enters its functions by class name."""
