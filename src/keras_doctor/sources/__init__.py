"""Python source files of users → what the layers that they define hold. The code is read, never run."""
