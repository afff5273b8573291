"""What a user is told of an error, and where its details lie."""
