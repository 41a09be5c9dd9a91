"""What is measured side by side with peers: ``python3 run.py bench``."""
