"""What is known of the effects of retention measures, how surely, and its draws."""
