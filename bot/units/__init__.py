"""Employers at work: their people, their applications, and what they ask of the centre."""
