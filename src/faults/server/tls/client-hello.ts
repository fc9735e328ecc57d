// Reads the ClientHello with which a TLS connection begins (RFC 8446, 4.1.2 and 5.1; RFC 6066, 3; RFC 7301, 3.1).

export type ClientHello = {
  /** The host that the client asks for; null where it connects to an IP address, which it does not send. */
  readonly serverName: string | null;
  /** The protocols that it offers by ALPN, in the order of its preference; without what is only there to be ignored (RFC 8701). */
  readonly protocols: readonly string[];
};

/** `more`: what has come so far may be the beginning of one. `other`: it is not one. */
export type Beginning =
  | {readonly kind: 'more'}
  | {readonly kind: 'other'}
  | {readonly kind: 'hello'; readonly hello: ClientHello};

const more: Beginning = {kind: 'more'};
const other: Beginning = {kind: 'other'};

const handshakeRecord = 22;
const clientHelloMessage = 1;
const recordHeadBytes = 5;
const messageHeadBytes = 4;
const longestRecordBytes = 2 ** 14;
/** Hellos have a few kilobytes, with post-quantum keys. */
const longestMessageBytes = 64 * 1024;

const serverNameExtension = 0;
const protocolsExtension = 16;

/** @param data all that the client has sent */
export const readBeginning = (data: Buffer): Beginning => {
  const fragments: Buffer[] = [];
  let messageBytes = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let at = 0; bytes < messageBytes; ) {
    const head = data.subarray(at, at + recordHeadBytes);
    if (!canBeRecordHead(head)) return other;
    if (head.length < recordHeadBytes) return more;
    const recordBytes = head.readUInt16BE(3);
    if (recordBytes === 0 || recordBytes > longestRecordBytes) return other;
    at += recordHeadBytes;
    const fragment = data.subarray(at, at + recordBytes);
    fragments.push(fragment);
    bytes += fragment.length;
    const message = Buffer.concat(fragments, Math.min(bytes, messageHeadBytes));
    if (message.length > 0 && message[0] !== clientHelloMessage) return other;
    if (message.length === messageHeadBytes) messageBytes = messageHeadBytes + message.readUIntBE(1, 3);
    if (messageBytes > longestMessageBytes && messageBytes !== Number.POSITIVE_INFINITY) return other;
    if (bytes < messageBytes && fragment.length < recordBytes) return more;
    at += recordBytes;
  }
  return {kind: 'hello', hello: readHello(Buffer.concat(fragments).subarray(messageHeadBytes, messageBytes))};
};

const canBeRecordHead = (head: Buffer): boolean => {
  const [type = handshakeRecord, major = 3, minor = 1] = head;
  return type === handshakeRecord && major === 3 && minor <= 4;
};

/** A part that cannot be parsed is ignored: such a client asks for no host and offers nothing. */
const readHello = (body: Buffer): ClientHello => {
  let serverName: string | null = null;
  let protocols: readonly string[] = [];
  try {
    for (const {type, data} of extensionsOf(body)) {
      if (type === serverNameExtension) serverName = serverNameOf(data);
      if (type === protocolsExtension) protocols = protocolsOf(data);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return {serverName, protocols};
};

/** Throws RangeError where a length leads beyond the end. */
function* extensionsOf(body: Buffer): Generator<{readonly type: number; readonly data: Buffer}> {
  const versionAndRandomBytes = 2 + 32;
  let at = versionAndRandomBytes;
  at += 1 + body.readUInt8(at); // session id
  at += 2 + body.readUInt16BE(at); // cipher suites
  at += 1 + body.readUInt8(at); // compression methods
  at += 2; // length of all extensions
  while (at < body.length) {
    const bytes = body.readUInt16BE(at + 2);
    yield {type: body.readUInt16BE(at), data: body.subarray(at + 4, at + 4 + bytes)};
    at += 4 + bytes;
  }
}

/** A list of names with their kinds, of which there is one: 0, a host. */
const serverNameOf = (data: Buffer): string | null => {
  if (data.length === 0 || data.readUInt8(2) !== 0) return null;
  return data.subarray(5, 5 + data.readUInt16BE(3)).toString('latin1');
};

const protocolsOf = (data: Buffer): readonly string[] => {
  const protocols: string[] = [];
  for (let at = 2; at < data.length; ) {
    const bytes = data.readUInt8(at);
    const protocol = data.subarray(at + 1, at + 1 + bytes).toString('latin1');
    if (/^[\x21-\x7e]+$/.test(protocol)) protocols.push(protocol);
    at += 1 + bytes;
  }
  return protocols;
};
