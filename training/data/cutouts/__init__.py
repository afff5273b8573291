"""Things cut out of photographs, to be pasted on other pictures."""
