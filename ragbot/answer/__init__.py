"""From hits to an answer: understand, select, check, compose, refuse."""
