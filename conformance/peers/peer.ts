// What another CalDAV server offers to a test or a benchmark.

export interface Peer {
  readonly name: string;
  /** Origin without a slash at the end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Where an account on this server is added: path below `url`. */
  readonly accountPath: string;
  readonly homeUrl: string;
  readonly calendarUrl: string;
  /** The folder of the first user's calendar on disk. */
  readonly calendarFolder: string;
  stop(): Promise<void>;
}
