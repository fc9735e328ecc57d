// How an operation settled, as reported to the driver.

/** How an operation settled, with the error as it was thrown. */
export type Settlement =
  /** `echoed`: the answer said which operation it was for. */
  | {
      readonly status: 'ok';
      readonly echoed?: true;
      readonly intact?: boolean;
      readonly empty?: boolean;
      readonly key?: string;
    }
  | {readonly status: 'failed' | 'unknown' | 'rejected' | 'wrong'; readonly error: unknown};
