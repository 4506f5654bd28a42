"""What other apps are told of jobs."""

from django.dispatch import Signal

# `job` has failed for good. Sent in the transaction that writes it down; a receiver has one of its own inside.
given_up = Signal()
