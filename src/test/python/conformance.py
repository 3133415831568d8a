"""Makes docs/conformance.md of what the conformance tests wrote down.
usage: conformance.py < src/target/conformance.tsv > docs/conformance.md    (after mvn verify; the newest line of a comparison counts)"""
import sys

rows = {}
for line in sys.stdin:
    what, reference, worst, tolerance, unit = line.rstrip("\n").split("\t")
    rows[what] = (reference, float(worst), float(tolerance), unit)
print("""# Conformance

Every comparison of Softlabel's figures with an independent implementation: the worst error that the tests saw, and the
tolerance that they hold it to. The references' results are golden files in `src/test/resources/golden`, made by the scripts
in `src/test/python`. This page is written by `python3 src/test/python/conformance.py` from what `mvn verify` measured.

| comparison | reference | worst error | tolerance | share of it | relative to |
| --- | --- | --- | --- | --- | --- |""")
for what, (reference, worst, tolerance, unit) in sorted(rows.items()):
    print(f"| {what} | {reference} | {worst:.1e} | {tolerance:.1e} | {100 * worst / tolerance:.1f} % | {unit} |")
close = sorted(rows.items(), key=lambda r: -r[1][1] / r[1][2])[:3]
print("\nClosest to their tolerance: " + "; ".join(f"{what} ({100 * r[1] / r[2]:.1f} %)" for what, r in close) + ".")
