"""Questions for groups: by what, what is measured of each, and how it is counted."""
