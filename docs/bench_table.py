"""The table of docs/bench.md, from the lines that docs/bench.sh wrote: medians over the rounds, and of the ratios of each round."""
import json
import statistics
import sys
from collections import defaultdict

rates = defaultdict(dict)
for line in open(sys.argv[1]):
    r = json.loads(line)
    rates[r["mode"], r["depth"], r["batch"], r["size"], r["who"]][r["round"]] = r["images_per_second"]


def median(values):
    return f"{statistics.median(values):.1f}" if values else "-"


def ratio(key, peer):
    ours, theirs = rates.get((*key, "softlabel"), {}), rates.get((*key, peer), {})
    each = sorted(ours[k] / theirs[k] for k in ours if k in theirs)
    return f"{statistics.median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f})" if each else "-"


print("| | ResNet | batch | size | Softlabel | raw layers | PyTorch | DistriOptimizer | over raw layers | over PyTorch | over DistriOptimizer | rounds |")
print("|---|---|---|---|---|---|---|---|---|---|---|---|")
for key in dict.fromkeys(k[:4] for k in rates):
    of = {who: list(rates.get((*key, who), {}).values()) for who in ("softlabel", "raw", "pytorch", "distri")}
    print(f"| {'training' if key[0] == 'train' else 'inference'} | {key[1]} | {key[2]} | {key[3]} | {median(of['softlabel'])} | {median(of['raw'])} "
          f"| {median(of['pytorch'])} | {median(of['distri'])} | {ratio(key, 'raw')} | {ratio(key, 'pytorch')} | {ratio(key, 'distri')} "
          f"| {len(of['softlabel'])} |")
