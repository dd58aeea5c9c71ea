"""An app in Python, as migrate capture sees one: psycopg2 or PyMySQL, with DATABASE_URL."""

import os
import sys
from urllib.parse import unquote, urlsplit


def connect(driver):
    url = os.environ["DATABASE_URL"]
    if driver == "psycopg2":
        import psycopg2

        return psycopg2.connect(url)
    import pymysql

    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path[1:],
    )


connection = connect(sys.argv[1])
cursor = connection.cursor()
cursor.execute("insert into users (id, name) values (%s, %s)", (1, "Ann Secret"))
connection.commit()
for _ in range(2):
    cursor.execute("select name from users where id = %s", (1,))
    assert cursor.fetchone() == ("Ann Secret",)
try:
    cursor.execute("selec 1")
except Exception:
    connection.rollback()
else:
    raise SystemExit("no error")
cursor.execute("update users set name = 'Bob Secret'")
connection.commit()
connection.close()
