"""Write prepared records into an open transaction, batch by batch."""
