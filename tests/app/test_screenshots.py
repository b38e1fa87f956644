import shutil
from pathlib import Path

from app.screenshot_desk import copied, use
from app.screenshots import pages_of
from app.web import create_app
from core.settings import Settings
from dashboards.sign_in_page import cookie_name
from store.indexing import catch_up
from tests.desk import NOW, open_filled
from tests.desk_client import signed_in


def test_every_page_that_is_pictured_is_there(tmp_path: Path) -> None:
    archive, outlets = open_filled(tmp_path)
    used = use(archive, outlets, NOW)
    catch_up(archive)
    client = signed_in(create_app(archive, Settings(data=tmp_path), outlets, clock=lambda: NOW), archive)
    client.cookies.set(cookie_name(secure=False), used.session)
    answers = {name: client.get(address).status_code for name, address in pages_of(archive, used).items()}
    assert {name: code for name, code in answers.items() if code != 200} == {"not-found": 404}
    assert not archive.bulletins.get(used.published).is_draft
    assert archive.bulletins.get(used.draft).is_draft
    archive.close()


def test_pictures_are_taken_of_a_copy(tmp_path: Path) -> None:
    data = tmp_path / "data"
    archive, _outlets = open_filled(data)
    archive.close()
    before = sorted((path.name, path.read_bytes()) for path in data.rglob("*") if path.is_file())
    with copied(Settings(data=data)) as settings:
        assert settings.data != data
        folder = settings.data
        shutil.rmtree(folder)
    assert not folder.exists()
    assert sorted((path.name, path.read_bytes()) for path in data.rglob("*") if path.is_file()) == before
