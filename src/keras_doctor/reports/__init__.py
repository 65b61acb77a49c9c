"""Diagnosis to text, JSON and other outputs. Renderers see only findings."""
