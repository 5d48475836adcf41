"""The slow plain-Python twin of the simulation kernel, written from the contract alone."""
