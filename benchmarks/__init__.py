"""Speed claims, each a ratio measured side by side in one run."""
