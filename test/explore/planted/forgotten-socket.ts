// Opens two connections at once for each call, one to send and one to receive. Broken: when the handshake of one fails, the
// other is forgotten and stays open.
import {defineScenario} from 'foulweather';
import {Connection, planted, startLineServer, tryTwice} from './line-protocol.ts';

const openBoth = async (url: string, forgets: boolean): Promise<readonly Connection[]> => {
  const opening = [Connection.open(url), Connection.open(url)];
  try {
    return await Promise.all(opening);
  } catch (error) {
    if (forgets) throw error;
    for (const {value} of (await Promise.allSettled(opening)).filter(one => one.status === 'fulfilled')) {
      value.close();
    }
    throw error;
  }
};

export default defineScenario({
  ...planted('forgotten-socket', 'The number of open connections grows with each outage.'),
  target: {start: startLineServer},
  variants: [
    {name: 'broken', options: {forgets: true}},
    {name: 'healthy', options: {forgets: false}},
  ],
  subject: {
    open: ({url, options}) => ({url, ...options}),
    perform: ({url, forgets}, {id}) =>
      tryTwice(async () => {
        const both = await openBoth(url, forgets);
        try {
          const [echoedId] = await Promise.all(both.map(connection => connection.request(`ECHO ${id}`)));
          return {echoedId};
        } finally {
          for (const connection of both) connection.close();
        }
      }),
  },
});
