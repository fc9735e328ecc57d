// The channel between the parent and its children. User code and libraries in a child use the same `process.send`, so
// foulweather's messages travel in an envelope, in both directions: everything else on the channel is ignored.

const seal = 'foulweather:message';

export type Sealed<Message> = {readonly [seal]: Message};

export const sealed = <Message>(message: Message): Sealed<Message> => ({[seal]: message});

/** Null for a message that is not foulweather's: anything that can be sent, `null` and look-alikes included. */
export const unsealed = <Message>(received: unknown): Message | null =>
  typeof received === 'object' && received !== null && seal in received
    ? (received as Sealed<Message>)[seal]
    : null;

/** In a child. Does nothing once the channel is closed: a late message must not end a library's process. */
export const sendToParent = <Message>(message: Message, then: () => void = () => {}): void => {
  if (process.connected) process.send?.(sealed(message), then);
  else then();
};

/** In a child. */
export const onParentMessage = <Message>(handle: (message: Message) => void): void => {
  process.on('message', received => {
    const message = unsealed<Message>(received);
    if (message !== null) handle(message);
  });
};
