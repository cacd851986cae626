"""Exports and zips as the platforms write them, by other means than the code that reads them."""

import json
import zipfile

MOODLE_HEADERS = {
    "en": "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments",
    "de": "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar",
    "fr": "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,La note peut être modifiée,"
    "Dernière modification (travail remis),Dernière modification (note),Feedback par commentaires",
    "es": "Identificador,Nombre completo,Dirección de correo,Estatus,Calificación,Calificación máxima,"
    "La calificación puede ser cambiada,Última modificación (entrega),Última modificación (calificación),Comentarios",
    "zh": "标识符,全名,电子邮件地址,状态,成绩,最高分,允许更改成绩,上次修改（作业）,上次修改（评分）,反馈评论",
}
PARTICIPANT = {"en": "Participant ", "de": "Teilnehmer/in", "fr": "Participant", "es": "Participante", "zh": "参与人"}
CANVAS = [
    "Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (101),HW 2 (102),Final Score",
    ",,,,,Manual Posting,,",
    "    Points Possible,,,,,20,10,(read only)",
    '"Müller, Ann",12,007,ann,Monday,,5.00,55.5',
    '"Öz, Bo ""B""",345,008,bo,Monday,15.00,N/A,75',
    '"Li, 李",67,009,li,"Monday, late",EX,,',
    '"Student, Test",99,,f00,Monday,,,',
]


def notebook(*sources):
    """The bytes of a notebook whose code cells have these sources."""
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def zipped(path, contents):
    """Write a zip of `{path: content}`; a ZipInfo in place of a path says more about its entry."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def worksheet(path, rows, language="en", encoding="utf-8-sig", end="\n"):
    """Write Moodle's worksheet; each row is (number, name, status, grade, maximum, changeable, submitted)."""

    def quoted(cell):  # PHP's fputcsv puts quotes around blanks, commas and quotes
        return '"{}"'.format(cell.replace('"', '""')) if set(cell) & set(' ,"\n\t') else cell

    lines = [",".join(map(quoted, MOODLE_HEADERS[language].split(",")))]
    for number, name, status, grade, maximum, changeable, submitted in rows:
        cells = [PARTICIPANT[language] + number, name, "a@b.example", status, grade, maximum, changeable, submitted]
        lines.append(",".join(map(quoted, [*cells, "-", ""])))
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path


def canvas(path, lines=CANVAS, encoding="utf8", end="\n"):
    """Write Canvas's gradebook."""
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path
