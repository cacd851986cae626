"""Assignments: handed out, collected, run apart from everything, marked, and returned."""
