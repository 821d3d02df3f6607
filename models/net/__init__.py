"""The networks. One class is both the batch form and the streaming form; see `step_net.py`."""
