"""Database, session rules, migrations, wake-up hints."""
