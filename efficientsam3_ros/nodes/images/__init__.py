"""Images of any transport and reliability, as every node that reads them subscribes."""
