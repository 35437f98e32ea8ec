"""What stands around pages: their style sheet, their icon and the choice of a language."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from candid_assets.languages import LANGUAGES
from candid_assets.web.pages.rendering import LANGUAGE_COOKIE, ROOT, STYLE, style_version
from candid_assets.web.refusal import Refused

ICON: Final = STYLE.with_name("icon.svg")
_YEAR: Final = 365 * 86_400


async def style(request: Request) -> Response:
    """Answer with the style sheet; it is kept by browsers until it changes."""
    headers = {"Cache-Control": f"private, max-age={_YEAR}, immutable"}
    if request.path_params["version"] != style_version():
        headers["Cache-Control"] = "no-cache"
    return Response(STYLE.read_bytes(), media_type="text/css", headers=headers)


async def icon(_: Request) -> Response:
    """Answer with the icon."""
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(ICON.read_bytes(), media_type="image/svg+xml", headers=headers)


async def choose_language(request: Request) -> Response:
    """Keep a person's choice of language in a cookie and go back to where they were."""
    code, back = request.path_params["code"], request.query_params.get("next", ROOT)
    if code not in LANGUAGES:
        raise Refused(404, f"pages are written in {' and '.join(LANGUAGES)}; not in {code[:20]!r}")
    is_page = back == ROOT or back.startswith((f"{ROOT}/", f"{ROOT}?"))
    plain = back.isprintable() and "\\" not in back and "//" not in back
    answer = RedirectResponse(back if is_page and plain else ROOT, 303)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=_YEAR,
        path=ROOT,
        samesite="lax",
        httponly=True,
        secure=request.url.scheme == "https",
    )
    return answer


async def nothing(_: Request) -> Response:
    """Refuse a page that does not exist."""
    raise Refused(404, "there is no such page")
