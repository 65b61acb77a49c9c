"""Shapes of messages, a module for each family: each has a table `SYMPTOMS`."""
