"""What decisions make one thing: pairs that hold, clusters, and the records moved by them."""
