// pgx, with pgxpool.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	foulweather "foulweather.dev/kit"
	"foulweather.dev/programs/turn"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	insert   = "INSERT INTO foulweather_pg (id) VALUES ($1) RETURNING id"
	find     = "SELECT id FROM foulweather_pg WHERE id = $1"
	series   = "SELECT $1::text AS id, n FROM generate_series(1, $2::int) AS n"
	longRows = 500
)

type client struct {
	pool *pgxpool.Pool
	// Of each operation; 0 is none.
	limit time.Duration
}

func open(settings foulweather.Settings) (client, error) {
	var options struct{ LimitMs, ConnectMs, StatementMs int }
	if err := json.Unmarshal(settings.Options, &options); err != nil {
		return client{}, err
	}
	config, err := pgxpool.ParseConfig(settings.URL)
	if err != nil {
		return client{}, err
	}
	if options.LimitMs > 0 {
		config.MaxConns = 10
		config.ConnConfig.ConnectTimeout = time.Duration(options.ConnectMs) * time.Millisecond
		config.ConnConfig.RuntimeParams["statement_timeout"] = strconv.Itoa(options.StatementMs)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	return client{pool, time.Duration(options.LimitMs) * time.Millisecond}, err
}

func perform(ctx context.Context, c client, operation foulweather.Operation) (foulweather.Answer, error) {
	if c.limit > 0 {
		limited, cancel := context.WithTimeout(ctx, c.limit)
		defer cancel()
		ctx = limited
	}
	id := operation.ID
	key := turn.Of(id, "insert", "named-statement", "transaction", "long-answer")
	switch key {
	case "insert":
		echoed, err := inserted(ctx, c.pool, insert, id)
		return foulweather.Answer{Key: key, EchoedID: echoed}, err
	case "named-statement":
		echoed, err := c.named(ctx, id)
		return foulweather.Answer{Key: key, EchoedID: echoed}, err
	case "transaction":
		echoed, err := c.transaction(ctx, id)
		return foulweather.Answer{Key: key, EchoedID: echoed}, err
	}
	if _, err := inserted(ctx, c.pool, insert, id); err != nil {
		return foulweather.Answer{}, err
	}
	ids, err := c.series(ctx, id)
	if err != nil {
		return foulweather.Answer{}, turn.AfterTheWrite{Cause: err}
	}
	intact := len(ids) == longRows
	return foulweather.Answer{Key: key, EchoedID: strings.Join(slices.Compact(ids), " "), Intact: &intact}, nil
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func inserted(ctx context.Context, by querier, statement, id string) (string, error) {
	var echoed string
	err := by.QueryRow(ctx, statement, id).Scan(&echoed)
	return echoed, err
}

func (c client) named(ctx context.Context, id string) (echoed string, err error) {
	err = c.pool.AcquireFunc(ctx, func(connection *pgxpool.Conn) error {
		// Only the first time on a connection it goes to the server.
		if _, err := connection.Conn().Prepare(ctx, "insert", insert); err != nil {
			return err
		}
		echoed, err = inserted(ctx, connection, "insert", id)
		return err
	})
	return echoed, err
}

func (c client) transaction(ctx context.Context, id string) (echoed string, err error) {
	err = pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		if _, err := inserted(ctx, tx, insert, id); err != nil {
			return err
		}
		return tx.QueryRow(ctx, find, id).Scan(&echoed)
	})
	return echoed, err
}

func (c client) series(ctx context.Context, id string) ([]string, error) {
	rows, err := c.pool.Query(ctx, series, id, longRows)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (echoed string, err error) {
		var n int
		err = row.Scan(&echoed, &n)
		return echoed, err
	})
}

// No connection was made, or nothing was sent on it; what is rolled back did not happen either.
func classify(err error) foulweather.Applied {
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) || pgconn.SafeToRetry(err) {
		return foulweather.No
	}
	return foulweather.Unknown
}

func closeClient(c client) error {
	c.pool.Close()
	return nil
}

func main() {
	foulweather.Run(foulweather.Program[client]{
		Open: open, Perform: perform, Close: closeClient, Classify: classify,
		Libraries: []string{"github.com/jackc/pgx/v5"},
	})
}
