"""What outlives generations and is lent to them: client, secrets, keys, hashing, throttles."""
