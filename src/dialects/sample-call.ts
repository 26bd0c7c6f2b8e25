/** Calls for people to copy, in the words of each API: what a dialect makes of a record or an interface. */

/** One request as a client of the vendor's sends it. */
export type SampleCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** With its query, percent-encoded; below the server's address. */
  readonly path: string;
  /** `apiKey` stands where the sender's own key is to be put in. */
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON, or as a form where `Content-Type` says so. */
  readonly body?: object;
};

/** How one record is read, and how it is made or changed by a key: null where it has none that this API could name it by. */
export type SampleCalls = { readonly read: SampleCall | null; readonly write: SampleCall | null };

/** How an interface is called: its address, and the calls in their order, of which one before the last may be for a token. */
export type InterfaceCalls = { readonly address: string; readonly calls: readonly [SampleCall, ...SampleCall[]] };

export const apiKey = '<api key>';

/** The name that a sample writes: none where the record has none, so that whoever copies it writes no empty one. */
export const named = (member: string, name: unknown): object =>
  typeof name === 'string' && name !== '' ? { [member]: name } : {};
