"""Writers of answers, a format a file; which there are stands in `render.answer`."""
