"""Small pictures in every format and colour model, and what Pillow makes of them.
Made with Python 3.11.7, Pillow 13.0.0, NumPy 2.x.
usage: make_pictures.py OUT_DIR"""
import io
import os
import struct
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


def profile(space, tags):
    """A small ICC profile (ICC.1:2001-04): its table and its tags."""
    table, data = b"", b""
    for name, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(data), len(content))
        data += content
    body = struct.pack(">I", len(tags)) + table + data
    d50 = struct.pack(">3i", 63190, 65536, 54061)
    return (struct.pack(">I4sI4s4s4s12s4s", 128 + len(body), b"", 0x02400000, b"mntr", space, b"XYZ ", b"", b"acsp")
            + b"\0" * 28 + d50 + b"\0" * 48 + body)


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * v) for v in values))


GAMMA = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(256 * 1.3))
# sRGB's primaries in another order, and another gamma: whoever applies it is far off.
COLOURS = profile(b"RGB ", [
    (b"wtpt", xyz(0.9642, 1, 0.8249)), (b"rXYZ", xyz(0.3851, 0.7169, 0.0971)), (b"gXYZ", xyz(0.1431, 0.0606, 0.7141)),
    (b"bXYZ", xyz(0.4360, 0.2225, 0.0139)), (b"rTRC", GAMMA), (b"gTRC", GAMMA), (b"bTRC", GAMMA)])
GREY = profile(b"GRAY", [(b"wtpt", xyz(0.9642, 1, 0.8249)), (b"kTRC", GAMMA)])
for name, icc in [("profile", COLOURS), ("greyprofile", GREY), ("damagedprofile", b"no profile")]:
    save(f"{name}.jpg", base, quality=95, subsampling=0, icc_profile=icc)
    save(f"{name}.png", base, icc_profile=icc)
    save(f"{name}.webp", base, lossless=True, icc_profile=icc)
save("greywithcolours.jpg", base.convert("L"), quality=95, icc_profile=COLOURS)
save("cmykprofile.jpg", base.convert("CMYK"), quality=95, icc_profile=COLOURS)


def raw(name, content):
    """Writes a file that Pillow does not write, and what it makes of it."""
    with open(os.path.join(out, name), "wb") as f:
        f.write(content)
    read = Image.open(os.path.join(out, name)).convert("RGB")
    with open(os.path.join(out, name + ".rgb"), "wb") as f:
        f.write(np.array([read.width, read.height], dtype="<i4").tobytes() + read.tobytes())


def without_jfif(jpeg, ids):
    """Without the marker that says how the colours are coded, its components called otherwise."""
    jpeg = bytearray(jpeg[:2] + jpeg[2 + 2 + int.from_bytes(jpeg[4:6], "big"):])
    frame = jpeg.index(b"\xff\xc0")
    scan = jpeg.index(b"\xff\xda")
    for i in range(3):
        jpeg[frame + 10 + 3 * i] = ids[i]
        jpeg[scan + 5 + 2 * i] = ids[i]
    return bytes(jpeg)


# How the colours are coded where no marker says it: by the components' names, else YCbCr.
buffer = io.BytesIO()
base.save(buffer, "jpeg", quality=95, subsampling=0)
raw("nomarker.jpg", without_jfif(buffer.getvalue(), (1, 2, 3)))
raw("othernames.jpg", without_jfif(buffer.getvalue(), (0, 1, 2)))
raw("rgbnames.jpg", without_jfif(buffer.getvalue(), b"RGB"))
save("keptrgb.jpg", base, quality=95, subsampling=0, keep_rgb=True)
# A BMP of version 5 with its profile behind the pixels.
header = struct.pack("<IiiHHIIiiII", 124, W, H, 1, 24, 0, 3 * W * H, 2835, 2835, 0, 0)
header += b"\0" * 16 + b"DEBM" + b"\0" * 48 + struct.pack("<IIII", 4, 124 + 3 * W * H, len(COLOURS), 0)
bgr = np.ascontiguousarray(rgb[::-1, :, ::-1]).tobytes()
raw("profile.bmp", struct.pack("<2sIHHI", b"BM", 14 + 124 + len(bgr) + len(COLOURS), 0, 0, 138) + header + bgr + COLOURS)


def png(width, height, bits, colour, lines):
    """A PNG of samples as they are; each line has its filter's byte."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


# 16 bits for each colour; the low bytes are such that rounding would show.
for name, colour, samples in [("rgb16.png", 2, 3), ("rgba16.png", 6, 4)]:
    deep = np.full((H, W, samples), 0xFFFF, np.uint16)
    deep[..., :3] = (rgb.astype(np.uint16) << 8) + 0xE0
    raw(name, png(W, H, 16, colour, b"".join(b"\0" + line.astype(">u2").tobytes() for line in deep)))
# For memory alone: of a size that counts, and few bytes.
Image.fromarray(np.tile(rgb, (60, 60, 1))).save(os.path.join(out, "large.webp"), quality=60)
# Refused, for resized it would fill the memory.
with open(os.path.join(out, "narrow.png"), "wb") as f:
    f.write(png(65535, 1, 1, 0, b"\0" * (1 + 8192)))
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
