"""Writers of reports: text, Markdown, JSON, HTML, PDF and Word."""
