"""The write side: one pipeline for seeds, files and every later format, one step a file."""
