"""Leading the desk: service levels, the wall, reports, quality, follow-ups, settings."""
