/** Every setting, read once from flags and environment into a typed Config; every problem is found at once. */
import { dirname, resolve, sep } from 'node:path';

export type Config = {
  readonly port: number;
  readonly host: string;
  /** The folder of the embedded database, and of the secret key that Keyway makes for itself. */
  readonly dataDir: string;
  /** null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly demo: boolean;
  /** A test double, on a database of its own: in a folder, or for this once. null: an ordinary server. */
  readonly double: { readonly dir: string | null } | null;
  /** The dialects that are served beside the native one; null: all. */
  readonly dialects: readonly string[] | null;
  readonly jsonLog: boolean;
  readonly publicOrigin: string | null;
  readonly trustProxy: boolean;
  /** null: the one in the data folder, made at the first start. */
  readonly secretKey: string | null;
  readonly bodyLimitBytes: number;
  /** Webhooks may reach addresses that are not public, and without TLS. */
  readonly webhooksAllowPrivate: boolean;
};

export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: readonly string[] };

export type Setting = {
  /** What stands after the flag; null for a switch. */
  readonly value: string | null;
  readonly about: string;
  /** Only `keyway serve` has the flag; the environment variable is everybody's. */
  readonly serveOnly: boolean;
};

/** By flag, in the order of `keyway serve --help`. */
export const settings = {
  port: { value: 'PORT', about: 'port to listen on; 0 picks a free one (default: 8080)', serveOnly: true },
  host: { value: 'ADDRESS', about: 'address to listen on (default: 127.0.0.1)', serveOnly: true },
  data: { value: 'DIR', about: 'folder of the embedded database', serveOnly: false },
  'database-url': { value: 'URL', about: 'PostgreSQL 15 or newer, instead of the embedded one', serveOnly: false },
  demo: { value: null, about: 'load the demo workspace, with its public credentials', serveOnly: true },
  double: { value: null, about: 'serve a test double of the demo workspace: see docs/test-double.md', serveOnly: true },
  dialect: {
    value: 'NAME',
    about: 'serve only this dialect, as zendesk, and the native one; repeatable',
    serveOnly: true,
  },
  'json-log': { value: null, about: 'write the log as JSON lines', serveOnly: true },
  'public-origin': { value: 'ORIGIN', about: 'https://hub.example.com, for addresses in answers', serveOnly: true },
  'trust-proxy': { value: null, about: 'believe X-Forwarded-Proto, -Host and -For', serveOnly: true },
  'body-limit-mb': { value: 'MB', about: 'largest body of a single request (default: 10)', serveOnly: true },
  'webhooks-allow-private': {
    value: null,
    about: 'let webhooks reach private addresses, and http',
    serveOnly: true,
  },
} as const satisfies Record<string, Setting>;

/** Of the commands that call a server: they may stand in the environment of any command. */
const clientVariables = ['KEYWAY_URL', 'KEYWAY_API_KEY'];

/** The secret key has no flag: a command line can be read by every user of the machine. */
type SettingName = keyof typeof settings | 'secret-key';
const minSecretKeyLength = 32;

export type Flags = Readonly<Partial<Record<string, string | boolean>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** @param flags by setting name, as given on the command line; they win over the environment. */
export function parseConfig(flags: Flags, env: Environment): ParsedConfig {
  const reader = new SettingReader(flags, env);
  const demo = reader.isOn('demo');
  const double = reader.isOn('double');
  const host = reader.text('host') ?? '127.0.0.1';
  if (demo && !isLoopback(host)) {
    reader.problem('host', `the demo credentials are public, so --demo listens on loopback only, not on ${host}`);
  }
  if (double) reader.refuseForDouble(host);
  if (flags.data !== undefined && flags['database-url'] !== undefined) {
    reader.problem('data', 'give --data or --database-url, not both');
  }
  const config: Config = {
    port: reader.number('port', 0, 65_535) ?? 8080,
    host,
    dataDir: resolve(reader.text('data') ?? defaultDataDir(import.meta.dirname)),
    databaseUrl: double ? null : reader.databaseUrl(),
    demo,
    // A folder that is set for a server is not meant for its double.
    double: double ? { dir: flags.data === undefined ? null : resolve(String(flags.data)) } : null,
    dialects: reader.names('dialect'),
    jsonLog: reader.isOn('json-log'),
    publicOrigin: reader.origin('public-origin'),
    trustProxy: reader.isOn('trust-proxy'),
    secretKey: reader.secretKey(),
    bodyLimitBytes: (reader.number('body-limit-mb', 1, 1024) ?? 10) * 1024 * 1024,
    webhooksAllowPrivate: reader.isOn('webhooks-allow-private'),
  };
  reader.findUnknown();
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problems: reader.problems };
}

class SettingReader {
  readonly problems: string[] = [];
  readonly #flags: Flags;
  readonly #env: Environment;

  constructor(flags: Flags, env: Environment) {
    this.#flags = flags;
    this.#env = env;
  }

  problem(name: SettingName, text: string): void {
    const source = this.#flags[name] === undefined ? variableOf(name) : `--${name}`;
    this.problems.push(`${source}: ${text}`);
  }

  /** An empty variable counts as absent: that is how compose files and unit files leave one out. */
  text(name: SettingName): string | undefined {
    const flag = this.#flags[name];
    if (flag === '') this.problem(name, 'needs a value');
    return flag === undefined ? this.#env[variableOf(name)] || undefined : String(flag);
  }

  number(name: SettingName, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    this.problem(name, `must be a whole number from ${least} to ${most}, not ${text}`);
    return undefined;
  }

  names(name: SettingName): readonly string[] | null {
    const names = this.text(name)
      ?.split(',')
      .map((part) => part.trim());
    return names?.filter((part) => part !== '') ?? null;
  }

  /** It forgets what was written, does whatever it is asked, and has a database of its own. */
  refuseForDouble(host: string): void {
    if (!isLoopback(host)) this.problem('host', `a test double listens on loopback only, not on ${host}`);
    if (this.text('database-url') !== undefined) {
      this.problem('database-url', 'a test double has a database of its own: leave it out, or --double');
    }
  }

  isOn(name: SettingName): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined || ['false', '0', 'no', 'off'].includes(text)) return false;
    if (!['true', '1', 'yes', 'on'].includes(text)) this.problem(name, `must be true or false, not ${text}`);
    return true;
  }

  origin(name: SettingName): string | null {
    const text = this.text(name);
    if (text === undefined) return null;
    const url = URL.parse(text);
    if (url !== null && /^https?:$/.test(url.protocol) && [url.origin, `${url.origin}/`].includes(url.href)) {
      return url.origin;
    }
    this.problem(name, `must be scheme, host and port, as https://hub.example.com, not ${text}`);
    return null;
  }

  /** The value is never shown, as it may hold a password. A folder given by flag wins over a DATABASE_URL that is merely about. */
  databaseUrl(): string | null {
    if (this.#flags.data !== undefined && this.#flags['database-url'] === undefined) return null;
    const own = this.text('database-url');
    const text = own ?? (this.#env.DATABASE_URL || undefined);
    if (text === undefined) return null;
    const url = URL.parse(text);
    if (url !== null && /^postgres(ql)?:$/.test(url.protocol)) return text;
    const rule = 'must be an address as postgresql://user:password@host:5432/database';
    if (own === undefined) this.problems.push(`DATABASE_URL: ${rule}`);
    else this.problem('database-url', rule);
    return null;
  }

  secretKey(): string | null {
    const text = this.text('secret-key');
    if (text === undefined) return null;
    if (text.length < minSecretKeyLength) {
      this.problem('secret-key', `must have at least ${minSecretKeyLength} characters, not ${text.length}`);
    }
    return text;
  }

  findUnknown(): void {
    const known = [...([...Object.keys(settings), 'secret-key'] as SettingName[]).map(variableOf), ...clientVariables];
    for (const name of Object.keys(this.#env)) {
      if (name.startsWith('KEYWAY_') && !known.includes(name)) this.problems.push(`${name}: there is no such setting`);
    }
  }
}

const variableOf = (name: SettingName): string => `KEYWAY_${name.toUpperCase().replaceAll('-', '_')}`;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** In a clone, the folder `data` of the clone, whatever the working directory; of an installed Keyway, that of the working directory. */
export function defaultDataDir(sourceDir: string): string {
  const installed = sourceDir.split(sep).includes('node_modules');
  return resolve(installed ? '.' : dirname(sourceDir), 'data');
}
