// Symptoms of the telemetry that a library emits, held against what really happened.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const telemetrySymptoms = {
  'hidden-attempts': {
    weight: 'wasteful',
    summary: 'attempts that the telemetry does not show',
    noun: 'hidden attempts',
    criterion:
      'more than `hiddenShare` of the attempts of a phase have no span; by the conventions of databases, RPC and messaging, more than that of the calls',
    thresholds: {hiddenShare: 0.01},
    needs: ['attempts', 'operations', 'load'],
    cause:
      'A span around the call instead of one for each attempt, or a way out on which the span is forgotten.',
    remedy:
      'Begin a span for every attempt before it is sent, and end it whatever becomes of it: read, unread or aborted.',
    source: sources.httpSpans,
  },
  'span-leak': {
    weight: 'wasteful',
    summary: 'spans that are never ended, or more than once',
    noun: 'leaked spans',
    criterion:
      'more than `spanCount` spans are open after the load and do not end within a second (or by the close, if they belong to no operation), not counting operations still in flight; or more than `spanCount` spans of a phase are ended twice',
    thresholds: {spanCount: 0},
    needs: ['end', 'operations'],
    cause:
      'A way out without span.end(): an abort, a time-out, a body that nobody reads. Or two ways out of one call that both end it.',
    remedy:
      'End each span once, on every way out: a result, an error, an abort, a body that nobody reads, a close.',
    source: sources.sdkMetrics,
  },
  'telemetry-contradicts': {
    weight: 'wasteful',
    summary: 'telemetry that tells another outcome than the caller got',
    noun: 'contradicting telemetry',
    criterion:
      'for more than `wrongShare` of the failures of a phase no span ends in an error (an abort of the caller’s own left out), or more than that of the successes end in one, or a histogram and its spans differ in number by more',
    thresholds: {wrongShare: 0.01},
    needs: ['operations', 'load'],
    cause: 'Status and metric are set in another place than where the caller’s result is made.',
    remedy:
      'Set the status of the outermost span from what the caller gets, and record the metric where the span ends.',
    source: sources.recordingErrors,
  },
  'error-type-malformed': {
    weight: 'wasteful',
    summary: 'error.type missing, misplaced, or not a text of few values',
    noun: 'malformed error types',
    criterion:
      'more than `spanCount` spans of a phase have the status error without an error.type, an error.type without that status, or one that is not a string; or there are more than `valueCount` different ones',
    thresholds: {spanCount: 0, valueCount: 30},
    needs: ['operations', 'load'],
    cause: 'The error’s code is taken as it is: a number for a DOMException, nothing for a plain Error.',
    remedy:
      'Give error.type as a text of few values, such as the code or the name of the error, on every failure and on nothing else.',
    source: sources.recordingErrors,
  },
  'duration-misreported': {
    weight: 'wasteful',
    summary: 'span durations that differ from the measured ones',
    noun: 'misreported durations',
    criterion:
      'more than half of the operations that succeeded in a phase with one attempt differ from the spans of their own trace, first start to last end, by more than `slackMs` and `slackShare`, and the event-loop delay',
    thresholds: {slackMs: 10, slackShare: 0.1},
    needs: ['operations', 'load'],
    cause: 'The span begins after the wait for a connection, or ends with the head of the answer.',
    remedy:
      'Begin the span when the caller calls, queueing included, and end it with the last byte of the answer.',
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
    cause: 'Connections are counted with the requests on them, or an error path forgets to count one down.',
    remedy:
      "Count connections where sockets open and close, with the socket's own events, and not where requests are.",
    source: sources.poolMetrics,
  },
  'cardinality-growth': {
    weight: 'wasteful',
    summary: 'series or span names that grow in number without end',
    noun: 'growing cardinality',
    criterion:
      'a metric has more than `seriesCount` new series after the baseline, those of errors left out, or the spans of a library have more than `nameCount` names',
    thresholds: {seriesCount: 20, nameCount: 50},
    needs: ['operations', 'load'],
    cause: 'An id, a full URL or a message is an attribute of a metric, or part of a span’s name.',
    remedy: 'Keep ids, full URLs and messages out of metric attributes and span names; put them on the span.',
    source: sources.cardinality,
  },
  'telemetry-lost': {
    weight: 'wasteful',
    summary: 'spans that were made and did not arrive',
    noun: 'lost telemetry',
    criterion:
      'more than `lostShare` of the ended spans did not arrive; then nothing else can be said of the telemetry',
    thresholds: {lostShare: 0.001},
    needs: ['load'],
    cause: 'A full queue of the span processor, or a process that ended before its last export.',
    remedy:
      'Give the span processor a larger queue and batch, and shut the SDK down before the process ends.',
    source: sources.sdkMetrics,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
