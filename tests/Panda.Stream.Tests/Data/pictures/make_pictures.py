#!/usr/bin/python3
"""Resized pictures as PIL makes them, for the tests of the engine's own resize (Debian's python3 with PIL)."""
import base64
import json

from PIL import Image


def source(width, height):
    """The same formula stands in PictureTests: smooth parts and hard edges."""
    data = bytes((x * x * 3 + y * y * 5 + x * y * 7 + c * 61 + (200 if (x // 5 + y // 7) % 2 else 0)) & 255
                 for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), data)


def resized(image, size, how, kind):
    (w, h), (width, height) = size, image.size
    if how == "squash":
        return image.resize(size, kind)
    # Short side to the size, then the centre; as torchvision's Resize and CenterCrop do for squares.
    covering = (int(h * width / height), h) if w * height <= h * width else (w, int(w * height / width))
    image = image.resize(covering, kind)
    left, top = round((covering[0] - w) / 2), round((covering[1] - h) / 2)
    return image.crop((left, top, left + w, top + h))


cases = []
for width, height, size in ((40, 23, (16, 16)), (23, 41, (16, 16)), (31, 17, (24, 10)), (10, 8, (16, 16)), (16, 16, (16, 16)), (171, 96, (20, 20))):
    for how in ("squash", "crop"):
        for name, kind in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
            pixels = resized(source(width, height), size, how, kind).tobytes()
            cases.append({"width": width, "height": height, "to": list(size), "resize": how, "filter": name, "rgb": base64.b64encode(pixels).decode()})
with open("pictures.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
