"""Music to learn from: song folders, a composer that writes them, test signals, the demo song."""
