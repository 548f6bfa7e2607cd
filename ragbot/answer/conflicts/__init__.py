"""Where the sources disagree: what statements assert, compared, and which is followed."""
