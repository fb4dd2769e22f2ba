"""Places of words in texts: annotations in characters and in words, sequences without text."""
