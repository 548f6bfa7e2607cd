"""Programming names and their counterparts in other subjects, set side by side."""
