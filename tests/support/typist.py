"""Type rows into a workbook in LibreOffice, as a person does, and save it twice.

Run by the system's own Python, which has LibreOffice's ``uno`` module; not imported by
tests. Cells are entered through the same command that the keyboard uses, so that the
template's formats and drop-downs decide what becomes of the text.

    python3 typist.py JOB.json

The job: ``pipe`` and ``tasks``; each of these has ``workbook``, ``sheet``, ``delete``
(cells whose rows go first), ``cells`` (``[[cell, text], ...]``) and ``save``
(``[[path, filter], ...]``).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import (  # type: ignore[import-not-found]
    NoConnectException,
)

_PATIENCE = 60.0


def _property(name: str, *, value: object) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def _context(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return resolver.resolve(
                f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
            )
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)  # noqa: TID251 - a program of its own


def _go(dispatcher: Any, frame: Any, cells: str) -> None:
    dispatcher.executeDispatch(
        frame, ".uno:GoToCell", "", 0, (_property("ToPoint", value=cells),)
    )


def _enter(dispatcher: Any, frame: Any, cell: str, text: str) -> None:
    _go(dispatcher, frame, cell)
    dispatcher.executeDispatch(
        frame, ".uno:EnterString", "", 0, (_property("StringName", value=text),)
    )


def main() -> None:
    """Do one job, and let LibreOffice end itself."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    context = _context(job["pipe"])
    manager = context.ServiceManager
    desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    try:
        for task in job["tasks"]:
            _do(manager, context, desktop, task)
    finally:
        desktop.terminate()


def _do(manager: Any, context: Any, desktop: Any, task: dict[str, Any]) -> None:
    url = Path(task["workbook"]).as_uri()
    book = desktop.loadComponentFromURL(
        url, "_blank", 0, (_property("Hidden", value=True),)
    )
    controller = book.CurrentController
    controller.setActiveSheet(book.Sheets.getByName(task["sheet"]))
    dispatcher = manager.createInstanceWithContext(
        "com.sun.star.frame.DispatchHelper", context
    )
    for rows in task["delete"]:
        _go(dispatcher, controller.Frame, rows)
        dispatcher.executeDispatch(controller.Frame, ".uno:DeleteRows", "", 0, ())
    for cell, text in task["cells"]:
        _enter(dispatcher, controller.Frame, cell, text)
    for path, name in task["save"]:
        book.storeToURL(Path(path).as_uri(), (_property("FilterName", value=name),))
    book.close(True)  # noqa: FBT003 - UNO takes no names


main()
