"""What tests share: files of realistic size and shape, written by code."""
