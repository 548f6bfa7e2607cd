"""What readers say of answers, and which questions the documents leave open."""
