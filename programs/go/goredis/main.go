// go-redis, with its pool.
package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	foulweather "foulweather.dev/kit"
	"foulweather.dev/programs/turn"
	"github.com/redis/go-redis/v9"
)

const kept = 10 * time.Minute

type client struct {
	redis *redis.Client
	// Of each operation; 0 is none.
	limit time.Duration
}

func open(settings foulweather.Settings) (client, error) {
	var variant struct{ DialMs, LimitMs int }
	if err := json.Unmarshal(settings.Options, &variant); err != nil {
		return client{}, err
	}
	options, err := redis.ParseURL(settings.URL)
	if err != nil {
		return client{}, err
	}
	// A database and a name for the connection, as applications have them.
	if address, err := url.Parse(settings.URL); err == nil && strings.Trim(address.Path, "/") == "" {
		options.DB = 1
	}
	options.ClientName = "orders"
	if variant.LimitMs > 0 {
		options.DialTimeout = time.Duration(variant.DialMs) * time.Millisecond
		options.ContextTimeoutEnabled = true
		options.MaxRetries = -1
	}
	c := client{redis.NewClient(options), time.Duration(variant.LimitMs) * time.Millisecond}
	return c, c.redis.Ping(context.Background()).Err()
}

func perform(ctx context.Context, c client, operation foulweather.Operation) (foulweather.Answer, error) {
	if c.limit > 0 {
		limited, cancel := context.WithTimeout(ctx, c.limit)
		defer cancel()
		ctx = limited
	}
	id := operation.ID
	key := turn.Of(id, "alone", "transaction", "pipeline", "read-back")
	list := turn.Trial(id) + ":" + key
	switch key {
	case "transaction":
		return several(ctx, c.redis.TxPipelined, key, list, id)
	case "pipeline":
		return several(ctx, c.redis.Pipelined, key, list, id)
	}
	length, err := c.redis.RPush(ctx, list, id).Result()
	if err != nil {
		return foulweather.Answer{}, err
	}
	if key == "alone" {
		empty := length <= 0
		return foulweather.Answer{Key: key, Empty: &empty}, nil
	}
	echoed, err := c.redis.LIndex(ctx, list, length-1).Result()
	if err != nil {
		return foulweather.Answer{}, turn.AfterTheWrite{Cause: err}
	}
	return foulweather.Answer{Key: key, EchoedID: echoed}, nil
}

type together func(context.Context, func(redis.Pipeliner) error) ([]redis.Cmder, error)

func several(ctx context.Context, do together, key, list, id string) (foulweather.Answer, error) {
	var copied *redis.StringCmd
	_, err := do(ctx, func(commands redis.Pipeliner) error {
		commands.RPush(ctx, list, id)
		commands.Set(ctx, "op:"+id, id, kept)
		copied = commands.Get(ctx, "op:"+id)
		return nil
	})
	if err != nil {
		return foulweather.Answer{}, err
	}
	return foulweather.Answer{Key: key, EchoedID: copied.Val()}, nil
}

func closeClient(c client) error {
	return c.redis.Close()
}

func main() {
	// What an error says is only about the last attempt: go-redis may have tried before.
	foulweather.Run(foulweather.Program[client]{
		Open: open, Perform: perform, Close: closeClient, Libraries: []string{"github.com/redis/go-redis/v9"},
	})
}
