"""The write side: one door for seeds, files and every later format, one step a file."""
