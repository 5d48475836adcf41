"""What a shop's past orders say: stage, metrics, segments, and what they cannot tell."""
