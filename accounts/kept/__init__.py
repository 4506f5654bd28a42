"""Files chosen for forms that are not saved yet."""
