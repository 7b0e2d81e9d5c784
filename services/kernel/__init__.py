"""The ground that all services stand on; it imports none of them."""
