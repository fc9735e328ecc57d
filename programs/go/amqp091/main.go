// amqp091-go: publishing, consuming and requests.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	foulweather "foulweather.dev/kit"
	"foulweather.dev/programs/turn"
)

const batchSize = 3

type options struct{ HeartbeatMs, ConnectMs, Prefetch, LimitMs int }

func (o options) limit() time.Duration {
	return time.Duration(o.LimitMs) * time.Millisecond
}

func open(settings foulweather.Settings) (*application, error) {
	a := &application{url: settings.URL, delivered: settings.Delivered}
	if err := json.Unmarshal(settings.Options, &a.options); err != nil {
		return nil, err
	}
	_, err := a.opened()
	return a, err
}

func perform(ctx context.Context, a *application, operation foulweather.Operation) (foulweather.Answer, error) {
	if a.options.LimitMs == 0 {
		return a.do(operation.ID)
	}
	// Publishing has no time limit, whatever its context says: the application waits no longer.
	limited, cancel := context.WithTimeout(ctx, a.options.limit())
	defer cancel()
	type result struct {
		answer foulweather.Answer
		err    error
	}
	done := make(chan result, 1)
	go func() {
		answer, err := a.do(operation.ID)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-limited.Done():
		return foulweather.Answer{}, fmt.Errorf("the application's own limit of %s: %w", a.options.limit(), limited.Err())
	}
}

func (a *application) do(id string) (foulweather.Answer, error) {
	switch turn.Of(id, "publish", "batch", "consume", "request") {
	case "publish":
		return foulweather.Answer{}, a.publish("work", id)
	case "batch":
		names := make([]string, batchSize)
		for before := range names {
			names[before] = fmt.Sprintf("%s.%dof%d", id, before+1, batchSize)
		}
		return foulweather.Answer{}, a.publish("work", names...)
	case "consume":
		return answer(id)(a.publishAndWait(&a.deliveries, "work", id))
	default:
		return answer(id)(a.publishAndWait(&a.replies, "request", id))
	}
}

func answer(id string) func(text string, err error) (foulweather.Answer, error) {
	return func(text string, err error) (foulweather.Answer, error) {
		if err != nil {
			return foulweather.Answer{}, err
		}
		intact := text == string(textOf(id))
		return foulweather.Answer{EchoedID: idIn([]byte(text)), Intact: &intact}, nil
	}
}

func classify(err error) foulweather.Applied {
	var unsent notSent
	if errors.As(err, &unsent) {
		return foulweather.Unsent
	}
	return foulweather.Unknown
}

func main() {
	foulweather.Run(foulweather.Program[*application]{
		Open: open, Perform: perform, Close: (*application).close, Classify: classify,
		Libraries: []string{"github.com/rabbitmq/amqp091-go"},
	})
}
