// net/http, with a client that all callers share: what a user does with the service of orders.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	foulweather "foulweather.dev/kit"
	"foulweather.dev/programs/turn"
)

// The number of lines in a document or a listing.
const lineCount = 40

type client struct {
	http *http.Client
	url  string
}

func open(settings foulweather.Settings) (client, error) {
	var options struct{ TimeoutMs int }
	if err := json.Unmarshal(settings.Options, &options); err != nil {
		return client{}, err
	}
	timeout := time.Duration(options.TimeoutMs) * time.Millisecond
	return client{&http.Client{Timeout: timeout}, settings.URL}, nil
}

func kindOf(id string) string {
	return turn.Of(id, "read", "place", "list", "put")
}

func (c client) request(ctx context.Context, id string) (*http.Request, error) {
	get := func(path string) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, c.url+path+id, nil)
	}
	send := func(method, path string) (*http.Request, error) {
		note := strings.Repeat("one of these, please", 20)
		body, err := json.Marshal(map[string]string{"id": id, "customer": "c-1", "note": note})
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequestWithContext(ctx, method, c.url+path+id, strings.NewReader(string(body)))
		if err == nil {
			request.Header.Set("Content-Type", "application/json")
		}
		return request, err
	}
	switch kindOf(id) {
	case "read":
		return get("/documents/")
	case "list":
		return get("/listings/")
	case "put":
		return send(http.MethodPut, "/documents/")
	default:
		return send(http.MethodPost, "/orders/")
	}
}

// For clients that leave the meaning of a status to their user.
type statusError int

func (s statusError) Error() string {
	return fmt.Sprintf("the server answered with the status %d", int(s))
}

func (s statusError) Code() string {
	return fmt.Sprintf("HTTP_%d", int(s))
}

func perform(ctx context.Context, c client, operation foulweather.Operation) (foulweather.Answer, error) {
	request, err := c.request(ctx, operation.ID)
	if err != nil {
		return foulweather.Answer{}, err
	}
	request.Header.Set("Traceparent", operation.Traceparent)
	response, err := c.http.Do(request)
	if err != nil {
		return foulweather.Answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return foulweather.Answer{}, err
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return foulweather.Answer{}, statusError(response.StatusCode)
	}
	return answer(kindOf(operation.ID), string(text))
}

func answer(kind, text string) (foulweather.Answer, error) {
	var document struct {
		ID     string            `json:"id"`
		Lines  []json.RawMessage `json:"lines"`
		IsLast bool              `json:"isLast"`
	}
	if kind == "list" {
		rows := strings.Split(strings.TrimSpace(text), "\n")
		err := json.Unmarshal([]byte(rows[len(rows)-1]), &document)
		intact := document.IsLast && len(rows) == lineCount+1
		return foulweather.Answer{EchoedID: document.ID, Intact: &intact, Key: "list"}, err
	}
	err := json.Unmarshal([]byte(text), &document)
	if kind == "read" {
		intact := len(document.Lines) == lineCount
		return foulweather.Answer{EchoedID: document.ID, Intact: &intact, Key: "read"}, err
	}
	return foulweather.Answer{EchoedID: document.ID, Key: "write"}, err
}

// A connection that was never made carried nothing. net/http tries again only what it has not written, or what is a read.
func classify(err error) foulweather.Applied {
	var failed *net.OpError
	if errors.As(err, &failed) && failed.Op == "dial" {
		return foulweather.No
	}
	return foulweather.Unknown
}

func closeClient(c client) error {
	c.http.CloseIdleConnections()
	return nil
}

func main() {
	foulweather.Run(foulweather.Program[client]{
		Open: open, Perform: perform, Close: closeClient, Classify: classify, Libraries: []string{"net/http"},
	})
}
