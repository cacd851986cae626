"""Zips that we hand out."""

import io
import zipfile

NEVER = (1980, 1, 1, 0, 0, 0)  # the same parts make the same zip


def zipped(parts):
    """Return a zip of `{path: bytes}` as bytes; its files can be read by whoever unpacks it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, part in parts.items():
            info = zipfile.ZipInfo(path, NEVER)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, part)
    return content.getvalue()
