"""bricoop from Python: what a script may rely on, and all that the command line asks through."""
