"""What SciPy, Pillow and colorsys make of a picture under corruptions of ImageNet-C (Hendrycks and Dietterich, 2019).
Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1, Pillow 13.0.0.
usage: make_shift_golden.py OUT_DIR"""
import base64
import colorsys
import io
import json
import os
import sys

import numpy as np
import PIL
import scipy
from PIL import Image
from scipy.ndimage import gaussian_filter

WIDTH, HEIGHT = 48, 40


def picture():
    random = np.random.default_rng(1)
    coarse = Image.fromarray(random.integers(0, 256, (5, 6, 3)).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.BICUBIC)
    x = np.asarray(coarse).astype(int) + random.integers(-20, 21, (HEIGHT, WIDTH, 3))
    x = np.clip(x, 0, 255).astype(np.uint8)
    x[:4, :6] = 0
    x[-4:, -6:] = 255
    return x


def cut(x):
    # Down, but for rounding errors.
    return (np.clip(x, 0, 1) * 255 + 1e-6).astype(np.uint8)


def blur(x, s):
    sigma = [1, 2, 3, 4, 6][s] * min(WIDTH, HEIGHT) / 224
    return cut(gaussian_filter(x / 255.0, (sigma, sigma, 0), mode="nearest", truncate=4))


def jpeg(x, s):
    out = io.BytesIO()
    Image.fromarray(x).save(out, "JPEG", quality=[25, 18, 15, 10, 7][s])
    return np.asarray(Image.open(out))


def brightness(x, s):
    out = np.empty(x.shape)
    for at in np.ndindex(HEIGHT, WIDTH):
        h, saturation, v = colorsys.rgb_to_hsv(*(x[at] / 255.0))
        out[at] = colorsys.hsv_to_rgb(h, saturation, min(1, v + (s + 1) / 10))
    return cut(out)


def low_resolution(x, s):
    share = [0.6, 0.5, 0.4, 0.3, 0.25][s]
    small = Image.fromarray(x).resize((int(WIDTH * share), int(HEIGHT * share)), Image.BOX)
    return np.asarray(small.resize((WIDTH, HEIGHT), Image.BOX))


def text(x):
    return base64.b64encode(np.ascontiguousarray(x).tobytes()).decode()


x = picture()
made = {"width": WIDTH, "height": HEIGHT, "picture": text(x),
        "made_with": f"NumPy {np.__version__}, SciPy {scipy.__version__}, Pillow {PIL.__version__}"}
for f in (blur, jpeg, brightness, low_resolution):
    made[f.__name__.replace("_", "-")] = [text(f(x, s)) for s in range(5)]
with open(os.path.join(sys.argv[1], "shift.json"), "w") as out:
    json.dump(made, out, indent=1)
    out.write("\n")
