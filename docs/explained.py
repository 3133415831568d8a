#!/usr/bin/env python3
"""Draws the pictures of docs/explained.md and prints the figures that the page names.
usage: docs/explained.py [FOLDER]    (docs/images by default; needs nothing but Python)"""
import math
import pathlib
import random
import sys

PICTURES, CLASSES, SPREAD, BINS = 4000, 5, 2.0, 15
STYLE = (
    "<style>.paper{fill:#fff}text{fill:#1c2024}.grid{stroke:#d9dde1}.dashed{stroke:#1c2024;stroke-dasharray:5 4}"
    "polyline{fill:none;stroke-width:2}.a{stroke:#1f6feb}.b{stroke:#bc4c00}rect.a{fill:#1f6feb}rect.b{fill:#bc4c00}"
    "circle.a{fill:#1f6feb}circle.b{fill:#bc4c00}rect.a,rect.b{stroke:none}"
    "@media(prefers-color-scheme:dark){.paper{fill:#15181b}text{fill:#e6e8ea}.grid{stroke:#363b40}.dashed{stroke:#e6e8ea}"
    ".a{stroke:#6cb0ff}rect.a,circle.a{fill:#6cb0ff}.b{stroke:#ff9e64}rect.b,circle.b{fill:#ff9e64}}</style>"
)


class Chart:
    """One diagram: a plane with ticks, and what is drawn on it."""

    def __init__(self, x, y, width, height, xs, ys, xlabel, ylabel, title, named=True):
        self.left, self.top, self.right, self.bottom = x + 52, y + 34, x + width - 14, y + height - 44
        self.xs, self.ys = xs, ys
        self.parts = [self.text((self.left + self.right) / 2, y + 20, title)]
        for tick in xs:
            self.parts.append(self.line(tick, ys[0], tick, ys[-1], "grid"))
            if named:
                self.parts.append(self.text(self.x(tick), self.bottom + 16, f"{tick:g}"))
        for tick in ys:
            self.parts.append(self.line(xs[0], tick, xs[-1], tick, "grid"))
            self.parts.append(self.text(self.left - 6, self.y(tick) + 4, f"{tick:g}", "end"))
        self.parts.append(self.text((self.left + self.right) / 2, self.bottom + 36, xlabel))
        across = (self.top + self.bottom) / 2
        self.parts.append(f'<text transform="translate({x + 14},{across:.1f}) rotate(-90)" text-anchor="middle">{ylabel}</text>')

    def x(self, value):
        return self.left + (value - self.xs[0]) / (self.xs[-1] - self.xs[0]) * (self.right - self.left)

    def y(self, value):
        return self.bottom - (value - self.ys[0]) / (self.ys[-1] - self.ys[0]) * (self.bottom - self.top)

    @staticmethod
    def text(x, y, words, anchor="middle"):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'

    def line(self, x1, y1, x2, y2, kind):
        return f'<line class="{kind}" x1="{self.x(x1):.1f}" y1="{self.y(y1):.1f}" x2="{self.x(x2):.1f}" y2="{self.y(y2):.1f}"/>'

    def curve(self, points, kind):
        drawn = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self.parts.append(f'<polyline class="{kind}" points="{drawn}"/>')

    def dot(self, x, y, kind, radius=4.0):
        self.parts.append(f'<circle class="{kind}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius:.1f}"/>')

    def bar(self, x, width, height, kind):
        top = self.y(height)
        self.parts.append(
            f'<rect class="{kind}" x="{self.x(x):.1f}" y="{top:.1f}" width="{self.x(x + width) - self.x(x):.1f}" height="{self.bottom - top:.1f}"/>')

    def note(self, x, y, words, anchor="start"):
        self.parts.append(self.text(self.x(x), self.y(y), words, anchor))


def save(folder, name, width, height, label, charts):
    body = "\n".join(part for chart in charts for part in chart.parts)
    (folder / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" role="img" '
        f'aria-label="{label}">\n{STYLE}\n<rect class="paper" width="100%" height="100%"/>\n{body}\n</svg>\n', encoding="utf-8")


def softmax(logits):
    most = max(logits)
    powers = [math.exp(z - most) for z in logits]
    total = sum(powers)
    return [p / total for p in powers]


def smoothed_loss(margin, epsilon, classes):
    """Cross-entropy where one logit is the margin and all others are 0."""
    rest = math.log(math.exp(margin) + classes - 1)
    return (1 - epsilon + epsilon / classes) * (rest - margin) + epsilon * (classes - 1) / classes * rest


def draw():
    """Pictures with known probabilities: random logits, and a label drawn from their softmax."""
    chance = random.Random(1)
    pictures = []
    for _ in range(PICTURES):
        logits = [chance.gauss(0, SPREAD) for _ in range(CLASSES)]
        point, label = chance.random(), 0
        for label, p in enumerate(softmax(logits)):
            point -= p
            if point < 0:
                break
        pictures.append((logits, label))
    return pictures


def bins(pictures, scale):
    """(mean confidence, accuracy, share) of each bin with pictures, for logits times the scale."""
    filled = {}
    for logits, label in pictures:
        p = softmax([z * scale for z in logits])
        confidence = max(p)
        filled.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, p.index(confidence) == label))
    return [(sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b) / len(pictures)) for _, b in sorted(filled.items())]


def ece(pictures, scale):
    return sum(share * abs(confidence - accuracy) for confidence, accuracy, share in bins(pictures, scale))


def nll(pictures, scale):
    return -sum(math.log(softmax([z * scale for z in logits])[label]) for logits, label in pictures) / len(pictures)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "images"
    share = [0, 0.2, 0.4, 0.6, 0.8, 1]

    charts = []
    for i, epsilon in enumerate((0.0, 0.1)):
        chart = Chart(420 * i, 0, 420, 300, [0, 1, 2, 3, 4, 5], [*share, 1.2], "", "target", f"smoothing {epsilon:g}", named=False)
        for k, name in enumerate(("beagle", "boxer", "pug", "ragdoll", "sphynx")):
            target = (1 - epsilon if k == 2 else 0) + epsilon / 5
            chart.bar(k + 0.2, 0.6, target, "b" if k == 2 else "a")
            chart.note(k + 0.5, target + 0.03, f"{target:g}", "middle")
            chart.parts.append(chart.text(chart.x(k + 0.5), chart.bottom + 16, name))
        charts.append(chart)
    save(folder, "explained-targets.svg", 840, 300, "targets with and without label smoothing", charts)

    chart = Chart(0, 0, 640, 340, [0, 2, 4, 6, 8, 10, 12], [0, 1, 2, 3, 4], "margin of the correct class's logit", "loss, nats", "loss of one picture, 37 classes")
    for epsilon, kind in ((0.0, "a"), (0.1, "b")):
        chart.curve([(m / 10, smoothed_loss(m / 10, epsilon, 37)) for m in range(121)], kind)
    best = math.log(1 + 37 * 0.9 / 0.1)
    chart.dot(best, smoothed_loss(best, 0.1, 37), "b")
    chart.note(best, smoothed_loss(best, 0.1, 37) - 0.28, f"lowest at {best:.2f}", "middle")
    chart.note(9.1, smoothed_loss(10, 0.1, 37) + 0.35, "smoothing 0.1")
    chart.note(9.1, 0.12, "smoothing 0")
    save(folder, "explained-loss.svg", 640, 340, "loss by margin with and without label smoothing", [chart])

    pictures = draw()
    charts = []
    for i, (name, scale) in enumerate((("under-confident", 0.5), ("calibrated", 1.0), ("over-confident", 2.0))):
        error = ece(pictures, scale)
        print(f"{name}: logits times {scale:g}, ECE {error:.3f}, NLL {nll(pictures, scale):.3f}")
        chart = Chart(300 * i, 0, 300, 310, share, share, "confidence", "accuracy", f"{name}, ECE {error:.3f}")
        chart.parts.append(chart.line(0, 0, 1, 1, "dashed"))
        drawn = bins(pictures, scale)
        chart.curve([(c, a) for c, a, _ in drawn], "a")
        for confidence, accuracy, part in drawn:
            chart.dot(confidence, accuracy, "a", 2 + 12 * math.sqrt(part))
        charts.append(chart)
    save(folder, "explained-reliability.svg", 900, 310, "reliability diagrams of an under-confident, a calibrated and an over-confident model", charts)

    over = [([2 * z for z in logits], label) for logits, label in pictures]
    temperatures = [0.5 + 0.05 * i for i in range(71)]
    ticks = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    losses = [(t, nll(over, 1 / t)) for t in temperatures]
    errors = [(t, ece(over, 1 / t)) for t in temperatures]
    best, lowest = min(losses, key=lambda p: p[1])
    print(f"temperature with the lowest NLL: {best:.2f}, NLL {lowest:.3f}, ECE {ece(over, 1 / best):.3f}; at 1, NLL {nll(over, 1):.3f}, ECE {ece(over, 1):.3f}")
    left = Chart(0, 0, 420, 310, ticks, [0, 0.5, 1, 1.5, 2, 2.5], "temperature", "NLL, nats", "NLL of the over-confident model")
    left.curve(losses, "a")
    left.dot(best, lowest, "b")
    right = Chart(420, 0, 420, 310, ticks, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3], "temperature", "ECE", "its ECE")
    right.curve(errors, "a")
    right.dot(best, ece(over, 1 / best), "b")
    save(folder, "explained-temperature.svg", 840, 310, "NLL and ECE of the over-confident model by temperature", [left, right])


main()
