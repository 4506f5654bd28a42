"""What is sent to the program by addresses and forms, before anybody makes something of it."""
