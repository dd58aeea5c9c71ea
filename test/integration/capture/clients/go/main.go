// An app in Go, as migrate capture sees one: `pgx` with DATABASE_URL, `mysql` with a DSN of its own.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

func main() {
	run := map[string]func() error{"pgx": postgres, "mysql": mysql}[os.Args[1]]
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func postgres() error {
	ctx := context.Background()
	db, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "insert into users (id, name) values ($1, $2)", 1, "Ann Secret"); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	var name string
	for range 2 {
		if err := db.QueryRow(ctx, "select name from users where id = $1", 1).Scan(&name); err != nil {
			return err
		}
	}
	if _, err := db.Exec(ctx, "selec 1"); err == nil {
		return fmt.Errorf("no error")
	}
	_, err = db.Exec(ctx, "update users set name = 'Bob Secret'")
	return err
}

func mysql() error {
	db, err := sql.Open("mysql", os.Getenv("SHOP_DSN"))
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec("insert into users (id, name) values (?, ?)", 1, "Ann Secret"); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	var name string
	for range 2 {
		if err := db.QueryRow("select name from users where id = ?", 1).Scan(&name); err != nil {
			return err
		}
	}
	if _, err := db.Exec("selec 1"); err == nil {
		return fmt.Errorf("no error")
	}
	_, err = db.Exec("update users set name = 'Bob Secret'")
	return err
}
