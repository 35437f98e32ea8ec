"""What is done to the platform on purpose: random sequences, kills, failing disks, long soaks."""
