// What a row of the API's conformance table says, and the answers that rows share.

/** `PORT` in an expected body stands for any number, `$name` anywhere for the address of the proxy of that name, `$nameport` for its port. */
export type ApiRow = {
  readonly title: string;
  /** Requests that must succeed, before the one that is tested. */
  readonly given?: readonly (readonly [request: string, body?: string])[];
  readonly request: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The status, and whether the headers are those of JSON, of an API error, of a plain page, or of an empty body. */
  readonly is: `${number} ${'json' | 'error' | 'page' | 'empty'}`;
  readonly answer: string | RegExp;
  readonly location?: string;
  /** A request and its answer afterwards; the status is 200 unless given. */
  readonly afterwards?: readonly [request: string, body: string | RegExp, status?: number];
};

/** An upstream where nobody listens. */
export const upstream = '127.0.0.1:1';

export const proxy = (
  name: string,
  {listen = '127.0.0.1:PORT', to = upstream, enabled = true, toxics = ''} = {},
) =>
  `{"name":"${name}","listen":"${listen}","upstream":"${to}","enabled":${enabled},"Logger":{},"toxics":[${toxics}]}`;

export const toxic = (
  attributes: string,
  name: string,
  type: string,
  stream = 'downstream',
  toxicity = '1',
) =>
  `{"attributes":{${attributes}},"name":"${name}","type":"${type}","stream":"${stream}","toxicity":${toxicity}}`;

export const error = (message: string, status: number) => `{"error":"${message}","status":${status}}\n`;
export const badBody = (message: string) => error(`bad request body: ${message}`, 400);

/** The rest of the message names types of Go, and differs between its releases. */
export const wrongType = (what: string) =>
  new RegExp(`^\\{"error":"bad request body: json: cannot unmarshal ${what} into Go .*","status":400\\}\n$`);

export const create = (name: string) =>
  ['POST /proxies', `{"name":"${name}","listen":"127.0.0.1:0","upstream":"${upstream}"}`] as const;
export const add = (name: string, body: string) => [`POST /proxies/${name}/toxics`, body] as const;
export const latency = add('p', '{"type":"latency","name":"l","attributes":{"latency":100}}');
