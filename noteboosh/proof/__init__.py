"""The proof that everything the course promises is true: `./noteboosh.sh selftest`."""
