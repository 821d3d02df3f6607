"""Sound in: devices and files become 512-sample hops at 44.1 kHz."""
