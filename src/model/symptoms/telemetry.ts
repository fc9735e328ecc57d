// Symptoms of the telemetry that a library emits, held against what really happened.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const telemetrySymptoms = {
  'hidden-attempts': {
    weight: 'wasteful',
    summary: 'attempts that the telemetry does not show',
    noun: 'hidden attempts',
    criterion:
      'more than `hiddenShare` of the attempts of a phase have no span; for databases, RPC and messaging, whose conventions ask for one span per call, that share of the calls',
    thresholds: {hiddenShare: 0.01},
    needs: ['attempts', 'operations', 'load'],
    cause: 'One span around the call instead of one per attempt, or a code path that forgets the span.',
    remedy:
      'Start a span for every attempt before it is sent, and end it however the attempt ends: read, unread or aborted.',
    source: sources.httpSpans,
  },
  'span-leak': {
    weight: 'wasteful',
    summary: 'spans that are never ended, or ended more than once',
    noun: 'leaked spans',
    criterion:
      'more than `spanCount` spans are open after the load and do not end within a second (or by the close, if they belong to no operation), not counting operations still in flight; or more than `spanCount` spans of a phase are ended twice',
    thresholds: {spanCount: 0},
    needs: ['end', 'operations'],
    cause:
      'A code path without span.end(): an abort, a timeout, or a body that is never read. Or two paths of one call that both end it.',
    remedy: 'End each span exactly once, on every path: result, error, abort, unread body, close.',
    source: sources.sdkMetrics,
  },
  'telemetry-contradicts': {
    weight: 'wasteful',
    summary: 'telemetry that reports a different outcome than the caller got',
    noun: 'contradictory telemetry',
    criterion:
      'more than `wrongShare` of the failures of a phase have no span that ends in an error (aborts by the caller excluded), or more than that share of the successes have one, or a histogram and its spans differ in number by more than that',
    thresholds: {wrongShare: 0.01},
    needs: ['operations', 'load'],
    cause: "The span's status and the metric are set in a different place than the caller's result.",
    remedy:
      'Set the status of the outermost span from what the caller gets, and record the metric where the span ends.',
    source: sources.recordingErrors,
  },
  'error-type-malformed': {
    weight: 'wasteful',
    summary: 'error.type that is missing, misplaced, or not a low-cardinality string',
    noun: 'malformed error types',
    criterion:
      'more than `spanCount` spans of a phase have an error status without error.type, an error.type without an error status, or an error.type that is not a string; or there are more than `valueCount` different values',
    thresholds: {spanCount: 0, valueCount: 30},
    needs: ['operations', 'load'],
    cause: "The error's code is used as it is: a number for a DOMException, nothing for a plain Error.",
    remedy:
      'Set error.type to a low-cardinality string, such as the code or name of the error, on every failure and nowhere else.',
    source: sources.recordingErrors,
  },
  'duration-misreported': {
    weight: 'wasteful',
    summary: 'span durations that differ from measured ones',
    noun: 'misreported durations',
    criterion:
      'more than half of the operations of a phase that succeeded with one attempt differ from the spans of their trace (first start to last end) by more than `slackMs`, `slackShare`, and the event-loop delay',
    thresholds: {slackMs: 10, slackShare: 0.1},
    needs: ['operations', 'load'],
    cause: 'The span starts after the wait for a connection, or ends with the response headers.',
    remedy:
      'Start the span when the caller calls, queueing included, and end it with the last byte of the response.',
    source: sources.httpSpans,
  },
  'pool-gauge-wrong': {
    weight: 'wasteful',
    summary: 'a connection gauge that differs from the open sockets',
    noun: 'wrong connection gauges',
    criterion:
      'at the end of a phase without faults, or of the drain, the gauge and the sockets at the injector differ by more than `slackCount` and `slackShare`',
    thresholds: {slackCount: 2, slackShare: 0.1},
    needs: ['connections', 'operations', 'load'],
    cause:
      'Connections are counted along with the requests on them, or an error path forgets to decrement the gauge.',
    remedy:
      "Count connections where sockets open and close, on the socket's own events, and not where requests are made.",
    source: sources.poolMetrics,
  },
  'cardinality-growth': {
    weight: 'wasteful',
    summary: 'metric series or span names that keep growing in number',
    noun: 'cardinality growth',
    criterion:
      'a metric has more than `seriesCount` new series after the baseline, not counting those of errors, or the spans of a library have more than `nameCount` names',
    thresholds: {seriesCount: 20, nameCount: 50},
    needs: ['operations', 'load'],
    cause: "An ID, a full URL or a message is a metric attribute or part of a span's name.",
    remedy:
      'Keep IDs, full URLs and messages out of metric attributes and span names; put them in span attributes.',
    source: sources.cardinality,
  },
  'telemetry-lost': {
    weight: 'wasteful',
    summary: 'spans that were created but did not arrive',
    noun: 'lost telemetry',
    criterion:
      'more than `lostShare` of the ended spans did not arrive; nothing else can then be concluded from the telemetry',
    thresholds: {lostShare: 0.001},
    needs: ['load'],
    cause: 'A full queue in the span processor, or a process that ended before its last export.',
    remedy:
      'Give the span processor a larger queue and batch, and shut the SDK down before the process ends.',
    source: sources.sdkMetrics,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
