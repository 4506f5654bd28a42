"""Period close: who signs, what is frozen, what moved since. Pages ask `reading`; changes go by `books`."""
