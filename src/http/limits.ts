/** What a client may cost before it is known who it is. Bodies have a setting of their own, and each route may raise it. */
export const limits = {
  /** Two keys of 2,048 bytes, percent-encoded, fit three times over. */
  urlCharacters: 32_768,
  /** Of one path parameter, as sent. */
  paramCharacters: 8_192,
  /** All header lines and the address together. */
  headerBytes: 65_536,
  headersTimeoutMs: 10_000,
  /** How often connections that are too slow are looked for. */
  connectionsCheckMs: 2_000,
  /** From the first byte of a request to its last; a full set of a million elements over a slow line takes minutes. */
  requestTimeoutMs: 900_000,
  /** How long nothing may arrive of a body that is read as it comes: runs and imports hold a place and a connection meanwhile. */
  bodyPatienceMs: 30_000,
  /** Longer than the 60 s that load balancers commonly keep idle connections, so that they close first. */
  keepAliveTimeoutMs: 72_000,
  connections: 8_192,
  /** Requests at work at once; each further one is told to try again. */
  requestsInFlight: 4_096,
  /** How long requests may still run once the server is stopping. */
  drainMs: 10_000,
  /** How long the database may take to say that it is there. */
  pingTimeoutMs: 3_000,
};
