"""What crosses between processes: frames one way, controls the other, and how everyone fares."""
