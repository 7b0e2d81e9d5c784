"""The four services of Fawen and the kernel they stand on."""
