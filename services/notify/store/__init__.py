"""All the SQL of notify: the register, the gazette, notices, mail, and the figures drawn from them."""
