"""Reports drawn: on a terminal, as Markdown, as JSON, as a page and as a PDF."""
