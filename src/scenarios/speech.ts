// What the library of a scenario speaks, as far as that is known before it runs, and the storm that fits it.
import type {Plan} from '../model/plan.ts';
import {
  type ProtocolFacts,
  protocolOf,
  protocols,
  type Speech,
  serverErrorKinds,
} from '../model/server-errors.ts';
import {type PackEntry, pack} from './pack.ts';
import type {Storm} from './storms/storm.ts';

const byService: ReadonlyMap<string, Speech> = new Map<string, Speech>([
  ['azurite', 'http'],
  ...serverErrorKinds.flatMap(kind => {
    const {services}: ProtocolFacts = protocols[kind];
    return services.map((service): [string, Speech] => [service, protocolOf(kind)]);
  }),
]);

/** TLS is among them where it begins later, or where HTTP is inside. */
const byScheme: Readonly<Record<string, Speech>> = {
  'http:': 'http',
  'https:': 'http',
  'grpc:': 'grpc',
  'redis:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'amqp:': 'amqp',
  'smtp:': 'smtp',
  'mqtt:': 'mqtt',
  'nats:': 'nats',
  'memcached:': 'memcached',
};

const speechOfUrl = (url: string): Speech | null => byScheme[URL.parse(url)?.protocol ?? ''] ?? null;

/** Null: something for which there is no storm. */
export const speechOfEntry = ({speaks, needs: {service}}: PackEntry): Speech | null =>
  speaks ?? (service === null ? null : (byService.get(service) ?? null));

/** Null: not known. @param targetUrl what the user wants to use instead of the scenario's target */
export const speechOf = (
  {name, target}: Pick<Plan, 'name' | 'target'>,
  targetUrl?: string,
): Speech | null => {
  const {speaks = null} = pack.find(entry => entry.name === name) ?? {};
  if (speaks !== null) return speaks;
  if (targetUrl !== undefined) return speechOfUrl(targetUrl);
  switch (target.kind) {
    case 'http':
      return 'http';
    case 'service':
      return byService.get(target.service) ?? null;
    case 'url':
      return speechOfUrl(target.url);
    case 'custom':
      return null;
  }
};

/** What is not known may be anything, and a server of the user's own that speaks HTTP may speak HTTP/2. */
export const fitsPlan = (
  {fits}: Pick<Storm, 'fits'>,
  plan: Pick<Plan, 'name' | 'target'>,
  targetUrl?: string,
): boolean => {
  if (fits === 'tcp') return true;
  const speech = speechOf(plan, targetUrl);
  if (speech === null || fits === speech) return true;
  const isOwnServer = targetUrl !== undefined || plan.target.kind === 'url';
  return fits === 'http2' && speech === 'http' && isOwnServer;
};
