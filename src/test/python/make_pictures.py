"""Small pictures in every format and colour model, and what Pillow makes of them.
Made with Python 3.11.7, Pillow 13.0.0, NumPy 2.x.
usage: make_pictures.py OUT_DIR"""
import io
import os
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
W, H = 24, 16
y, x = np.mgrid[0:H, 0:W]
# Smooth, so that JPEG keeps it closely; different in each corner, so that a wrong turn shows.
rgb = np.stack([40 + x * 8, 30 + y * 12, 200 - x * 3 - y * 4], -1).astype(np.uint8)
base = Image.fromarray(rgb)


def save(name, image, **options):
    image.save(os.path.join(out, name), **options)
    raw = Image.open(os.path.join(out, name))
    upright = ImageOps.exif_transpose(raw).convert("RGB")
    with open(os.path.join(out, name + ".rgb"), "wb") as f:
        f.write(np.array([upright.width, upright.height], dtype="<i4").tobytes() + upright.tobytes())


save("plain.jpg", base, quality=95, subsampling=0)
save("progressive.jpg", base, quality=95, subsampling=0, progressive=True)
save("grey.jpg", base.convert("L"), quality=95)
save("cmyk.jpg", base.convert("CMYK"), quality=95)
save("plain.png", base)
save("grey.png", base.convert("L"))
save("palette.png", base.quantize(32))
alpha = base.convert("RGBA")
alpha.putalpha(Image.fromarray((x * 10).astype(np.uint8)))
save("alpha.png", alpha)
save("greyalpha.png", alpha.convert("LA"))
save("bits.png", base.convert("1"))
save("plain.gif", base.quantize(64))
save("plain.bmp", base)
save("lossless.webp", base, lossless=True)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(f"exif{orientation}.jpg", base, quality=95, subsampling=0, exif=exif)
# 16-bit grey: Pillow's own conversion to RGB saturates, so the expectation is the samples' high byte.
grey16 = (np.asarray(base.convert("L")).astype(np.uint16) << 8) + 77
Image.fromarray(grey16).save(os.path.join(out, "grey16.png"))
with open(os.path.join(out, "grey16.png.rgb"), "wb") as f:
    f.write(np.array([W, H], dtype="<i4").tobytes() + np.repeat((grey16 >> 8).astype(np.uint8)[..., None], 3, -1).tobytes())
# Resizing, down and up, against Pillow's bilinear filter.
noise = Image.fromarray(np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8))
noise.save(os.path.join(out, "noise.png"))
for w, h in [(20, 15), (97, 64), (60, 21)]:
    r = noise.resize((w, h), Image.BILINEAR)
    with open(os.path.join(out, f"noise.{w}x{h}.rgb"), "wb") as f:
        f.write(np.array([w, h], dtype="<i4").tobytes() + r.tobytes())
# Pictures that are refused by their size: one of a single pixel, and one whose header promises 400 million.
Image.new("RGB", (1, 1)).save(os.path.join(out, "one.png"))
buffer = io.BytesIO()
base.save(buffer, "png")
huge = bytearray(buffer.getvalue())
huge[16:24] = (20000).to_bytes(4, "big") * 2

huge[29:33] = zlib.crc32(bytes(huge[12:29])).to_bytes(4, "big")
with open(os.path.join(out, "huge.png"), "wb") as f:
    f.write(huge)
