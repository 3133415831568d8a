"""The predictions that a run or an evaluation leaves."""
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Beyond these the report's figures come from histograms with stated bounds.
MOST_PICTURES, MOST_CLASSES = 2**15, 1024


class Some:
    """Pictures: their names, logits, probabilities, labels and partitions."""

    def __init__(self, names, z, p, y, partition):
        self.names, self.z, self.p, self.y, self.partition = names, z, p, y, partition

    def among(self, k):
        return Some(self.names[k], self.z[k], self.p[k], self.y[k], self.partition[k])


class Table:
    """predictions.parquet of a directory."""

    def __init__(self, directory):
        file = os.path.join(directory, "predictions.parquet")
        try:
            table = pq.read_table(file)
        except (OSError, pa.ArrowInvalid) as e:
            raise SystemExit(f"expected {file}, found none that can be read: {e}; give the --out of a finished train or evaluate") from e
        self.split = np.array(table["split"].to_pylist())
        # The logits are float32; what is computed of them is not.
        z, p = (np.stack(table[name].to_numpy(zero_copy_only=False)).astype(float) for name in ("logits", "probabilities"))
        if "labels" in table.column_names:
            y = np.zeros(z.shape, bool)
            for row, own in zip(y, table["labels"].to_pylist()):
                row[own] = True
        else:
            y = table["label"].to_numpy()
        self.all = Some(np.array(table["path"].to_pylist()), z, p, y, table["partition"].to_numpy())
        if len(z) and (np.unique(self.split, return_counts=True)[1].max() > MOST_PICTURES or z.shape[1] > MOST_CLASSES):
            raise SystemExit(f"expected at most {MOST_PICTURES} predictions of a split and {MOST_CLASSES} classes in {directory}, found more: "
                             "figures of so many come from histograms, which this script does not compute")

    def of(self, split):
        return self.all.among(self.split == split)
