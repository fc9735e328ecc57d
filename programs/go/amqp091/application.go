package main

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	exchange  = "foulweather-orders"
	workQueue = "foulweather-work"
	replyTo   = "amq.rabbitmq.reply-to"
	// Between two attempts of the application to open a connection.
	pause = 250 * time.Millisecond
)

// application works with RabbitMQ. The library ends with its connection; the application opens a new one when the next
// operation needs it.
type application struct {
	url       string
	options   options
	delivered func(messageID string)

	deliveries arrivals
	replies    arrivals

	lock      sync.Mutex
	current   *opening
	mayOpenAt time.Time
}

// opening is a connection that is open, or being opened; callers that come meanwhile share it.
type opening struct {
	done    chan struct{}
	session *session
	err     error
}

type session struct {
	connection *amqp.Connection
	channel    *amqp.Channel
}

// notSent is an error that came before anything was sent.
type notSent struct{ cause error }

func (e notSent) Error() string { return e.cause.Error() }
func (e notSent) Unwrap() error { return e.cause }

var (
	errNotConfirmed = errors.New("the broker did not confirm the message, or the connection was lost before it did")
	errNoReply      = errors.New("the connection was closed before the reply came")
)

func textOf(id string) []byte {
	text, _ := json.Marshal(struct {
		ID    string `json:"id"`
		Order string `json:"order"`
	}{id, strings.Repeat("x", 40)})
	return text
}

// idIn returns the ID of the operation that a message is of; none where it is not of this scenario.
func idIn(text []byte) string {
	var message struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(text, &message) != nil {
		return ""
	}
	return message.ID
}

// publish returns once the broker has confirmed all of them.
func (a *application) publish(key string, ids ...string) error {
	current, err := a.opened()
	if err != nil {
		return notSent{err}
	}
	confirmations := make([]*amqp.DeferredConfirmation, 0, len(ids))
	for _, id := range ids {
		message := amqp.Publishing{DeliveryMode: amqp.Persistent, MessageId: id, Body: textOf(id)}
		if key == "request" {
			message.ReplyTo, message.CorrelationId = replyTo, id
		}
		confirmation, err := current.channel.PublishWithDeferredConfirm(exchange, key, false, false, message)
		// A closed connection sends nothing.
		if errors.Is(err, amqp.ErrClosed) && len(confirmations) == 0 {
			return notSent{err}
		}
		if err != nil {
			return err
		}
		confirmations = append(confirmations, confirmation)
	}
	for _, confirmation := range confirmations {
		if !confirmation.Wait() {
			return errNotConfirmed
		}
	}
	return nil
}

// publishAndWait returns the message that comes back, to the application's consumer or as a reply.
func (a *application) publishAndWait(waiting *arrivals, key, id string) (string, error) {
	arrival := waiting.next(id)
	defer waiting.forget(id)
	if err := a.publish(key, id); err != nil {
		return "", err
	}
	came := <-arrival
	return came.text, came.err
}

func (a *application) opened() (*session, error) {
	a.lock.Lock()
	if a.current == nil {
		a.current = &opening{done: make(chan struct{})}
		go a.open(a.current, time.Until(a.mayOpenAt))
	}
	current := a.current
	a.lock.Unlock()
	<-current.done
	return current.session, current.err
}

func (a *application) open(current *opening, rest time.Duration) {
	time.Sleep(rest)
	a.lock.Lock()
	a.mayOpenAt = time.Now().Add(pause)
	a.lock.Unlock()
	current.session, current.err = a.connect(func() { a.forget(current) })
	if current.err != nil {
		a.forget(current)
	}
	close(current.done)
}

func (a *application) forget(ended *opening) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.current == ended {
		a.current = nil
	}
}

func (a *application) connect(ended func()) (*session, error) {
	config := amqp.Config{}
	if a.options.HeartbeatMs > 0 {
		config.Heartbeat = time.Duration(a.options.HeartbeatMs) * time.Millisecond
		config.Dial = amqp.DefaultDial(time.Duration(a.options.ConnectMs) * time.Millisecond)
	}
	connection, err := amqp.DialConfig(a.url, config)
	if err != nil {
		return nil, err
	}
	channel, err := a.begin(connection)
	if err != nil {
		go connection.Close()
		return nil, err
	}
	closed := channel.NotifyClose(make(chan *amqp.Error, 1))
	go func() {
		<-closed
		// Direct replies go to the channel of the request, and are lost with it. Those of a later connection are not.
		a.replies.fail(errNoReply)
		ended()
		_ = connection.Close()
	}()
	return &session{connection, channel}, nil
}

func (a *application) begin(connection *amqp.Connection) (*amqp.Channel, error) {
	channel, err := connection.Channel()
	if err != nil {
		return nil, err
	}
	if err := channel.Confirm(false); err != nil {
		return nil, err
	}
	if a.options.Prefetch > 0 {
		if err := channel.Qos(a.options.Prefetch, 0, false); err != nil {
			return nil, err
		}
	}
	replies, err := channel.Consume(replyTo, "", true, false, false, false, nil)
	if err != nil {
		return nil, err
	}
	work, err := channel.Consume(workQueue, "", false, false, false, false, nil)
	if err != nil {
		return nil, err
	}
	go func() {
		for reply := range replies {
			a.replies.came(idIn(reply.Body), string(reply.Body))
		}
	}()
	go func() {
		for message := range work {
			id := idIn(message.Body)
			if id != "" {
				a.delivered(id)
			}
			_ = message.Ack(false)
			a.deliveries.came(id, string(message.Body))
		}
	}()
	return channel, nil
}

func (a *application) close() error {
	a.lock.Lock()
	current := a.current
	a.lock.Unlock()
	if current == nil {
		return nil
	}
	<-current.done
	if current.err != nil {
		return nil
	}
	return current.session.connection.Close()
}

type arrival struct {
	text string
	err  error
}

// arrivals are messages that operations wait for. One that nobody waits for any more, such as one that is delivered twice,
// changes nothing.
type arrivals struct {
	lock    sync.Mutex
	waiting map[string]chan arrival
}

func (a *arrivals) next(id string) <-chan arrival {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.waiting == nil {
		a.waiting = map[string]chan arrival{}
	}
	waiting := make(chan arrival, 1)
	a.waiting[id] = waiting
	return waiting
}

func (a *arrivals) came(id, text string) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if waiting, ok := a.waiting[id]; ok {
		waiting <- arrival{text: text}
		delete(a.waiting, id)
	}
}

func (a *arrivals) forget(id string) {
	a.lock.Lock()
	defer a.lock.Unlock()
	delete(a.waiting, id)
}

// fail ends the waiting of all.
func (a *arrivals) fail(err error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	for _, waiting := range a.waiting {
		waiting <- arrival{err: err}
	}
	a.waiting = map[string]chan arrival{}
}
