// Where telemetry is passed on to: by the option, or by the variables that OpenTelemetry's exporters know.
import type {RelayTarget} from '../model/receiver-protocol.ts';
import type {RunRecord} from '../model/run.ts';

/** `key=value,key=value`, percent-encoded, as the specification of exporters defines it. */
const headersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .map(pair => pair.split('='))
      .filter(([key, ...value]) => key?.trim() && value.length > 0)
      .map(([key, ...value]) => [key!.trim(), decoded(value.join('=').trim())]),
  );

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Null where nothing is to be passed on; a variable that holds no address is ignored. */
export const relayOf = (option: string | undefined, env: NodeJS.ProcessEnv): RelayTarget | null => {
  const endpoint = option ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) return null;
  return {endpoint, headers: headersOf(env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '')};
};

/** What a user has to know of it: nothing where everything arrived. */
export const relayWords = (relayed: RunRecord['relayed']): string => {
  if (!relayed || relayed.droppedCount === 0) return '';
  const {endpoint, sentCount, droppedCount, lastError} = relayed;
  return `${droppedCount} of ${sentCount + droppedCount} OTLP requests did not reach ${endpoint}: ${lastError}\n`;
};
