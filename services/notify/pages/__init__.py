"""The pages of notify: home and gazette for everybody, the register and the messages for staff."""
