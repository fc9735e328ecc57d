// Removes secrets from a run before anything of it is rendered. Only a redacted run can be rendered.
import type {JudgedRun} from '../model/run.ts';

declare const redacted: unique symbol;

/** A run from which secrets were removed: the only thing that the renderers accept. */
export type RedactedRun = JudgedRun & {readonly [redacted]: true};

const mark = '[redacted]';

/** Names whose whole value is a secret, in options, attributes, headers and environments. */
const secretName =
  /^(proxy[-_.]?)?authorization$|cookie|passw(or)?d|passphrase|pwd$|secret|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key|account[-_.]?key|(^|[-_.])token$|[a-z](?:Token)$|(auth|access|refresh|id|session|security|bearer)[-_.]?token|connection[-_.]?string|session[-_.]?id$|sas[-_.]?token|^auth$/i;

const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // redis://user:password@host, also with an empty user. Only the last character of the scheme is matched: matching
  // all of it would take minutes in a long text of letters.
  [/([a-z0-9+.-]:\/\/[^\s:/?#@"'`]*):[^\s/?#"'`]*@/gi, `$1:${mark}@`],
  // https://token@host
  [/([a-z0-9+.-]:\/\/)[^\s:/?#@"'`]{16,}@/gi, `$1${mark}@`],
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256)\s+)?[^\r\n"']+/gi,
    `$1${mark}`,
  ],
  [/\b((?:set-)?cookie2?["']?\s*[:=]\s*["']?)[^\r\n"']+/gi, `$1${mark}`],
  [/\b(bearer|basic)\s+(?!(?:auth\w*|tokens?|credentials?|scheme)\b)[a-z0-9._~+/-]{8,}=*/gi, `$1 ${mark}`],
  // name=value and "name": "value", in query strings, connection strings, JSON and log lines; a name may end in one of these
  [
    /((?:passw(?:or)?d|passphrase|\bpwd|secret|api[-_]?key|access[-_]?key(?:[-_]?id)?|account[-_]?key|private[-_]?key|client[-_]?secret|token|session[-_]?id|\bsig(?:nature)?|x-amz-(?:signature|credential))["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s&;,"'`)}\]]+)/gi,
    `$1${mark}`,
  ],
  // JSON web tokens, and keys that are recognised by a vendor's prefix
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, mark],
  [/\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{8,}|\bsk-[\w-]{20,}/g, mark],
  [
    /\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}|\bnpm_\w{30,}|\bxox[abprs]-[\w-]{10,}/g,
    mark,
  ],
  [/\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g, mark],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
];

/** Text without passwords in URLs, Authorization, cookies, API keys and bearer tokens. */
export const redactText = (text: string): string =>
  rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);

/** Where names are the user's or the library's own, and not foulweather's, such as those of a phase or a package. */
const namedByOthers = new Set(['options', 'env', 'attributes', 'resource']);

type Place = {readonly named: boolean; readonly secret: boolean};

const redactValue = (value: unknown, place: Place): unknown => {
  if (typeof value === 'string') return place.secret && value !== '' ? mark : redactText(value);
  if (typeof value === 'number') return place.secret ? mark : value;
  if (Array.isArray(value)) return value.map(item => redactValue(item, place));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const secret = place.secret || (place.named && secretName.test(name));
      return [name, redactValue(inner, {named: place.named || namedByOthers.has(name), secret})];
    }),
  );
};

/** A copy of the run in which every string has been redacted, and values with a secret's name are gone. */
export const redactRun = (run: JudgedRun): RedactedRun =>
  redactValue(run, {named: false, secret: false}) as RedactedRun;
