"""The figures of a run's report, each computed again from its predictions; check_run.py is the program."""
import os

# On small matrices threads wait for each other longer than they compute. NumPy reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
