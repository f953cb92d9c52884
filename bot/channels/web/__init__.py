"""The web chat: session tokens, messages, events."""
