"""Writers of the output formats that `render.answer` registers."""
