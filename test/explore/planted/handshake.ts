// A connection for each call. Broken: in one step of the handshake nobody listens for the end of the connection, so that
// connect() never settles when it ends there.
import {defineScenario} from 'foulweather';
import {Connection, planted, startLineServer, tryTwice} from './line-protocol.ts';

/** @param step 1: HELLO · 2: AUTH · 3: SELECT */
export const handshake = (step: 1 | 2 | 3) =>
  defineScenario({
    ...planted(`handshake-step-${step}`, 'Now and then a call never returns, while all others do.'),
    target: {start: startLineServer},
    variants: [
      {name: 'broken', options: {deafStep: step}},
      {name: 'healthy', options: {deafStep: 0}},
    ],
    subject: {
      open: ({url, options}) => ({url, ...options}),
      perform: ({url, deafStep}, {id}) =>
        tryTwice(async () => {
          const connection = await Connection.open(url, {deafStep});
          try {
            return {echoedId: await connection.request(`ECHO ${id}`)};
          } finally {
            connection.close();
          }
        }),
    },
  });
