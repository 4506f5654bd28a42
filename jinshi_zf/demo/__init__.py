"""The demo office: made-up people and firms whose first half of 2023 comes to the published figures.

Everything is drawn from one seeded generator, so that the same day gives the same office.
"""
