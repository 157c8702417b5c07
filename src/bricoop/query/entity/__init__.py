"""What is recorded about one entity: values, relations, groups of projects, citations."""
