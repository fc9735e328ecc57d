// Package foulweather lets foulweather drive a Go client library while the network misbehaves.
//
// A program defines how to open the library, what one operation is, and how to close the library:
//
//	func main() {
//		foulweather.Run(foulweather.Program[*client]{Open: open, Perform: perform, Close: close})
//	}
//
// Each operation has a goroutine of its own, and succeeds if its error is nil.
package foulweather

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

const (
	protocol = 1
	version  = "0.1.0"
	// Lines of the harness are short; this leaves room for large options.
	longestLine = 16 << 20
)

// Settings is the argument of Open.
type Settings struct {
	// URL is the server's address, through the fault injector. Use no other.
	URL string
	// Options are the variant's options, as JSON.
	Options json.RawMessage
	// Variant is the variant's name.
	Variant string
	// Deadline is how long a caller waits for an operation.
	Deadline time.Duration
	// MaxInFlight is the most operations that will be in flight at once.
	MaxInFlight int
	// Delivered is for a consumer: call it with the ID of a message each time that message arrives.
	Delivered func(messageID string)
	// Log adds a line to the report.
	Log func(text string)
}

// Operation is the last argument of Perform.
type Operation struct {
	// ID goes to the server with each attempt, so that its ledger can count attempts and effects.
	ID string
	// Index counts from 0.
	Index int
	// Traceparent is the W3C header of the operation's trace: make it the parent of the library's spans.
	Traceparent string
	// Deadline is when the caller gives up. The context is not cancelled then, unless you derive one with WithDeadline.
	Deadline time.Time
}

// Answer describes the response. Each fact allows a symptom to be detected that is inconclusive without it. Nil means
// unknown.
type Answer struct {
	// EchoedID is the ID that the response is for. An ID other than the operation's is a crossed response.
	EchoedID string `json:"echoedId,omitempty"`
	// Intact is whether the response is complete, by its length or hash.
	Intact *bool `json:"intact,omitempty"`
	// Empty is whether the response is empty although there was something to get.
	Empty *bool `json:"empty,omitempty"`
	// Key is the key, queue or stream of the operation, out of a few.
	Key string `json:"key,omitempty"`
	// ApplicationError is set if the response is complete and reports an error.
	ApplicationError *ApplicationError `json:"applicationError,omitempty"`
}

// ApplicationError is an error that a complete response reports.
type ApplicationError struct {
	Message string `json:"message"`
	Code    string `json:"code,omitempty"`
}

// Applied is what an error means for the operation's effect.
type Applied string

const (
	// No: it certainly did not happen.
	No Applied = "no"
	// Unsent: the library refused it locally.
	Unsent Applied = "unsent"
	// Unknown: it may have happened.
	Unknown Applied = "unknown"
)

// Program is what foulweather drives. Only Open and Perform are required.
type Program[Client any] struct {
	Open    func(Settings) (Client, error)
	Perform func(context.Context, Client, Operation) (Answer, error)
	Close   func(Client) error
	// Classify says what an error of Perform means.
	Classify func(error) Applied
	// Phase is called when a phase begins.
	Phase func(name, role string)
	// Libraries are modules whose versions the report shows, such as "github.com/redis/go-redis/v9".
	Libraries []string
}

type message struct {
	Kind        string          `json:"kind"`
	ID          string          `json:"id"`
	Index       int             `json:"index"`
	Traceparent string          `json:"traceparent"`
	DeadlineMs  float64         `json:"deadlineMs"`
	URL         string          `json:"url"`
	Options     json.RawMessage `json:"options"`
	Variant     string          `json:"variant"`
	MaxInFlight int             `json:"maxInFlight"`
	Name        string          `json:"name"`
	Role        string          `json:"role"`
}

type failure struct {
	Name    string   `json:"name"`
	Code    string   `json:"code,omitempty"`
	Message string   `json:"message"`
	Applied Applied  `json:"applied,omitempty"`
	Cause   *failure `json:"cause,omitempty"`
}

type settled struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	OK   bool   `json:"ok"`
	Answer
	Error *failure `json:"error,omitempty"`
}

type wire struct {
	connection net.Conn
	lock       sync.Mutex
}

func (w *wire) send(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		line = []byte(fmt.Sprintf(`{"kind":"log","message":%q}`, err.Error()))
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	// If nobody reads any more, the reader notices the end of the connection.
	_, _ = w.connection.Write(append(line, '\n'))
}

func milliseconds(value float64) time.Duration {
	return time.Duration(value * float64(time.Millisecond))
}

// Run connects to foulweather, performs what it asks for, and returns once the library is closed. If foulweather is not
// there, or goes away, it ends the process.
func Run[Client any](program Program[Client]) {
	control, token := os.Getenv("FOULWEATHER_CONTROL"), os.Getenv("FOULWEATHER_TOKEN")
	if control == "" || token == "" {
		fmt.Fprintln(os.Stderr, "This program is started by foulweather: see `npx foulweather conform --help`.")
		os.Exit(64)
	}
	connection, err := net.Dial("tcp", control)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(70)
	}
	w := &wire{connection: connection}
	w.send(map[string]any{
		"kind": "hello", "token": token, "protocol": protocol, "language": "Go", "runtime": "Go " + strings.TrimPrefix(runtime.Version(), "go"),
		"kit": "foulweather for Go " + version, "libraries": versions(program.Libraries),
	})
	serve(program, w)
}

func serve[Client any](program Program[Client], w *wire) {
	var client Client
	var lock sync.Mutex
	isOpen := false
	lines := bufio.NewScanner(w.connection)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	// One at a time, and not by the reader, which goes on reading meanwhile.
	asked := make(chan message, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m := range asked {
			if m.Kind == "open" {
				opened, err := program.Open(settingsOf(m, w))
				lock.Lock()
				client, isOpen = opened, err == nil
				lock.Unlock()
				answer(w, "open", "opened", err)
				continue
			}
			var err error
			if isOpen && program.Close != nil {
				err = program.Close(client)
			}
			answer(w, "close", "closed", err)
			return
		}
	}()
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			continue
		}
		switch m.Kind {
		case "perform":
			lock.Lock()
			opened := client
			lock.Unlock()
			go perform(program, opened, w, m)
		case "phase":
			if program.Phase != nil {
				program.Phase(m.Name, m.Role)
			}
		case "open":
			asked <- m
		case "close":
			asked <- m
			<-done
			return
		}
	}
	os.Exit(1)
}

func settingsOf(m message, w *wire) Settings {
	return Settings{
		URL: m.URL, Options: m.Options, Variant: m.Variant, Deadline: milliseconds(m.DeadlineMs), MaxInFlight: m.MaxInFlight,
		Delivered: func(id string) { w.send(map[string]string{"kind": "delivered", "id": id}) },
		Log:       func(text string) { w.send(map[string]string{"kind": "log", "message": text}) },
	}
}

func answer(w *wire, asked, done string, err error) {
	if err == nil {
		w.send(map[string]string{"kind": done})
		return
	}
	w.send(map[string]any{"kind": asked + "-failed", "error": failureOf(err, "")})
}

func perform[Client any](program Program[Client], client Client, w *wire, m message) {
	operation := Operation{m.ID, m.Index, m.Traceparent, time.Now().Add(milliseconds(m.DeadlineMs))}
	result, err := program.Perform(context.Background(), client, operation)
	if err == nil {
		w.send(settled{Kind: "settled", ID: m.ID, OK: true, Answer: result})
		return
	}
	applied := Unknown
	if program.Classify != nil {
		applied = program.Classify(err)
	}
	w.send(settled{Kind: "settled", ID: m.ID, Error: failureOf(err, applied)})
}

// The causes are kept: the type of the innermost error says more than that of a wrapper made by fmt.Errorf.
func failureOf(err error, applied Applied) *failure {
	f := &failure{Name: strings.TrimLeft(fmt.Sprintf("%T", err), "*"), Message: err.Error(), Applied: applied}
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		f.Code = coded.Code()
	}
	if cause := errors.Unwrap(err); cause != nil {
		f.Cause = failureOf(cause, "")
	}
	return f
}

func versions(libraries []string) map[string]string {
	found := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	for _, name := range libraries {
		found[name] = "unknown"
		if name == "net/http" {
			found[name] = strings.TrimPrefix(runtime.Version(), "go")
		}
		if !ok {
			continue
		}
		for _, module := range info.Deps {
			if module.Path == name {
				found[name] = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return found
}
