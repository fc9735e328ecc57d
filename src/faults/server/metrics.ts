// The counters of GET /metrics in Prometheus' text format: bytes of closed connections, as Toxiproxy counts them.

import type {Transfer} from './proxy.ts';

type Series = {receivedBytes: number; sentBytes: number};

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

export class Metrics {
  /** By the labels as they are printed. */
  readonly #series = new Map<string, Series>();

  count({direction, listener, proxy, upstream, receivedBytes, sentBytes}: Transfer): void {
    const labels = Object.entries({direction, listener, proxy, upstream})
      .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
      .join(',');
    const series = this.#series.get(labels) ?? {receivedBytes: 0, sentBytes: 0};
    series.receivedBytes += receivedBytes;
    series.sentBytes += sentBytes;
    this.#series.set(labels, series);
  }

  toText(): string {
    return (
      this.#counter('toxiproxy_proxy_received_bytes_total', 'receivedBytes') +
      this.#counter('toxiproxy_proxy_sent_bytes_total', 'sentBytes')
    );
  }

  #counter(name: string, field: keyof Series): string {
    const lines = [...this.#series]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([labels, series]) => `${name}{${labels}} ${series[field]}\n`);
    return lines.length === 0 ? '' : `# HELP ${name} \n# TYPE ${name} counter\n${lines.join('')}`;
  }
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
