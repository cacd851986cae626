"""What the tests make of each explorable and look at, a file by its name; explorables.py says what stands in them."""
