"""What is looked for, and what changes when prompts change."""
