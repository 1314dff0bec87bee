"""What a reload takes: until it is live, from whoever calls meanwhile, and to be checked before."""
