"""Read by a decoder that knows nothing of us, verified with the bare public key."""

import io

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image, ImageOps

from marketplace.ticketing import base45, qr
from marketplace.ticketing.models import Ticket
from tests.factories.ticketing import a_picture, a_ticket


def scan(image: Image.Image) -> str:
    """The one QR code in a picture."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


def pages(pdf: bytes, *, dpi: int = 150) -> list[Image.Image]:
    return [page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def verify_bare(text: str, ticket: Ticket) -> None:
    """By docs/ticket-codes.md, with `cryptography` alone."""
    data = base45.decode(text)
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(ticket.signing_key.public_hex))
    public.verify(data[19:], b"sokoni ticket\0" + data[:19])
    assert data[0] == 1
    assert data[1:5].hex() == ticket.signing_key.key_id
    assert int.from_bytes(data[13:17], "big") == ticket.occurrence_id


@pytest.mark.django_db
def test_the_png_is_large_and_scans(client):
    ticket = a_ticket()
    image = Image.open(io.BytesIO(client.get(f"/tickets/{ticket.token}/qr.png").content))
    assert min(image.size) > 1000
    verify_bare(scan(image), ticket)


@pytest.mark.django_db
def test_the_png_scans_small_and_turned(client):
    ticket = a_ticket()
    image = Image.open(io.BytesIO(client.get(f"/tickets/{ticket.token}/qr.png").content)).convert("L")
    assert scan(image.resize((220, 220))) == ticket.qr_text
    assert scan(image.rotate(33, expand=True, fillcolor=255)) == ticket.qr_text


@pytest.mark.django_db
@pytest.mark.parametrize("size", ["a4", "phone"])
def test_the_pdf_scans(client, size):
    ticket = a_ticket(event={"poster": a_picture()})
    response = client.get(f"/tickets/{ticket.token}/ticket.pdf?size={size}")
    assert response.headers["Content-Type"] == "application/pdf"
    (page,) = pages(response.content)
    verify_bare(scan(page), ticket)


def test_the_svg_draws_the_same_modules_as_the_code():
    """Its outlines, filled in again by an independent rule (crossings of a ray), give back every module."""
    text = base45.encode(bytes(range(83)))
    matrix = qr._code(text).get_matrix()
    borders = list(qr.outlines(matrix))
    sides = [(a, b) for loop in borders for a, b in zip(loop, [*loop[1:], loop[0]], strict=True) if a[0] == b[0]]

    def dark(x: float, y: float) -> bool:
        return sum(a[0] > x and min(a[1], b[1]) < y < max(a[1], b[1]) for a, b in sides) % 2 == 1

    size = len(matrix)
    assert [[dark(x + 0.5, y + 0.5) for x in range(size)] for y in range(size)] == matrix


def test_it_is_dark_on_white_with_a_quiet_zone_and_error_correction_q():
    text = base45.encode(bytes(range(83)))
    code = qr._code(text)
    assert code.version == 7
    assert code.border == 4
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.png(text))))
    assert found.ec_level == "Q"
    assert 'fill="#fff"' in qr.svg(text)
    corner = Image.open(io.BytesIO(qr.png(text))).getpixel((0, 0))
    assert corner == 255


def test_a_third_of_a_corner_may_be_dirty():
    image = Image.open(io.BytesIO(qr.png(base45.encode(bytes(range(83))))))
    dirt = Image.new("L", (200, 200), 90)
    image.paste(dirt, (520, 520))
    assert scan(ImageOps.expand(image, 10, 255)) == base45.encode(bytes(range(83)))
