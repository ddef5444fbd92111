"""What a person has done, as steps that a script repeats: pure text, no window."""
