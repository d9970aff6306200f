/** The time, in UTC epoch milliseconds. */
export interface Clock {
  now(): number;
}
