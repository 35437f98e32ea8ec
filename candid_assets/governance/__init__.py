"""What people decide: changes of contracts, their versions and the log of the schema."""
