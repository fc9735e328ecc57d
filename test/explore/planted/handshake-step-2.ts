// connect() never settles when the connection is closed while it waits for the reply to AUTH.
import {handshake} from './handshake.ts';

export default handshake(2);
