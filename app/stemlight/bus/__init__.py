"""What crosses between the processes, and nothing else."""
