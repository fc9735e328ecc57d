// A queue of RabbitMQ that never runs dry, for the case studies about prefetching.
import {setTimeout as sleep} from 'node:timers/promises';
import {connect} from 'amqplib';

export const queue = 'foulweather-work';
const queueOptions = {durable: false, autoDelete: false};
/** Enough that the queue is never empty between two checks. */
const depthCount = 1000;
const lookEveryMs = 20;

/** 64 KiB of JSON. */
const order = (): Buffer => {
  const lines = Array.from({length: 2200}, (_, sku) => ({sku: 10_000 + sku, quantity: 1}));
  return Buffer.from(JSON.stringify({customer: 'c-1', lines}));
};

/** Keeps the queue as full as producers would that are faster than the consumer. */
export const keepQueueFull = async (url: string): Promise<void> => {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, queueOptions);
  await channel.purgeQueue(queue);
  const message = order();
  const fill = async (): Promise<void> => {
    const {messageCount} = await channel.checkQueue(queue);
    for (let missing = depthCount - messageCount; missing > 0; missing--) channel.sendToQueue(queue, message);
  };
  const keepFull = async (): Promise<void> => {
    for (;;) {
      await fill();
      await sleep(lookEveryMs);
    }
  };
  await fill();
  void keepFull();
};
