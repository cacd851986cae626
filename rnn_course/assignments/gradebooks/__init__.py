"""Between a class's learning platform and us: what was handed in comes in, marks and reports go back."""
