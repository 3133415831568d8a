"""Makes docs/conformance.md from the lines that the conformance tests wrote.
usage: conformance.py < src/target/conformance.tsv > docs/conformance.md    (after mvn verify; the newest line of a comparison counts)"""
import sys

rows = {}
for line in sys.stdin:
    what, reference, worst, tolerance, unit = line.rstrip("\n").split("\t")
    rows[what] = (reference, float(worst), float(tolerance), unit)
print("""# Conformance

Every comparison of Softlabel's figures with an independent implementation: the largest error in the tests, and the tolerance
that the tests allow. The references' results are golden files in `src/test/resources/golden`, made by the scripts in
`src/test/python`. `python3 src/test/python/conformance.py` writes this page from the measurements of `mvn verify`.

What a run's report says is computed again from its predictions by a script, with a tolerance of its own:
[every figure again](confidence.md#every-figure-again).

| comparison | reference | largest error | tolerance | share of it | relative to |
| --- | --- | --- | --- | --- | --- |""")
for what, (reference, worst, tolerance, unit) in sorted(rows.items()):
    print(f"| {what} | {reference} | {worst:.1e} | {tolerance:.1e} | {100 * worst / tolerance:.1f} % | {unit} |")
close = sorted(rows.items(), key=lambda r: -r[1][1] / r[1][2])[:3]
print("\nClosest to their tolerance: " + "; ".join(f"{what} ({100 * r[1] / r[2]:.1f} %)" for what, r in close) + ".")
