"""Records of talents, of those around them, and of what brings them together."""
