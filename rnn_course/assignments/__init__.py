"""Assignments: built from one source, collected, marked, and their marks put into a class's own gradebook."""
