"""The commands of the command line, one group per file.

Each file adds its commands to the parser and imports what does the work only when
a command runs: help appears at once, and the window does not wait for libraries that
it does not need.
"""
