"""What rests on a record in the closed half-years (`facts`, `footprint`), and the guard of every write (`guard`)."""
