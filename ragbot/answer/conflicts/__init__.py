"""Where the sources disagree: what statements assert, compared mechanically, and which to follow."""
