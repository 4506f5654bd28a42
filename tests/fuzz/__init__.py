"""Every address and form of the app, asked with what nobody sends on purpose."""
