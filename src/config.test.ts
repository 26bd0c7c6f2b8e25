import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, defaultDataDir, type Environment, type Flags, parseConfig } from './config.ts';

function parsed(flags: Flags, env: Environment = {}): Config {
  const result = parseConfig(flags, env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

const problems = (flags: Flags, env: Environment = {}): readonly string[] => {
  const result = parseConfig(flags, env);
  return result.ok ? [] : result.problems;
};

const key = 'a secret key of thirty-two letters';

describe('settings', () => {
  it('have defaults that serve on loopback from the embedded database', () => {
    expect(parsed({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve(import.meta.dirname, '..', 'data'),
      databaseUrl: null,
      demo: false,
      double: null,
      dialects: null,
      jsonLog: false,
      publicOrigin: null,
      trustProxy: false,
      secretKey: null,
      bodyLimitBytes: 10 * 1024 * 1024,
      webhooksAllowPrivate: false,
    });
  });

  it('are read from the environment, every one', () => {
    const env = {
      KEYWAY_PORT: '0',
      KEYWAY_HOST: '::1',
      KEYWAY_DATA: '/var/lib/keyway',
      KEYWAY_DATABASE_URL: 'postgresql://keyway@db.test/keyway',
      KEYWAY_DEMO: 'true',
      KEYWAY_DIALECT: 'zendesk, netsuite',
      KEYWAY_JSON_LOG: '1',
      KEYWAY_PUBLIC_ORIGIN: 'https://hub.example.com/',
      KEYWAY_TRUST_PROXY: 'yes',
      KEYWAY_SECRET_KEY: key,
      KEYWAY_BODY_LIMIT_MB: '64',
      KEYWAY_WEBHOOKS_ALLOW_PRIVATE: 'on',
    };
    expect(parsed({}, env)).toEqual({
      port: 0,
      host: '::1',
      dataDir: '/var/lib/keyway',
      databaseUrl: 'postgresql://keyway@db.test/keyway',
      demo: true,
      double: null,
      dialects: ['zendesk', 'netsuite'],
      jsonLog: true,
      publicOrigin: 'https://hub.example.com',
      trustProxy: true,
      secretKey: key,
      bodyLimitBytes: 64 * 1024 * 1024,
      webhooksAllowPrivate: true,
    });
  });

  it('are taken from flags before the environment', () => {
    expect(parsed({ port: '9000', data: 'here' }, { KEYWAY_PORT: '8000', KEYWAY_DATA: 'there' })).toMatchObject({
      port: 9000,
      dataDir: resolve('here'),
    });
  });

  it('count as absent when the variable is empty', () => {
    expect(parsed({}, { KEYWAY_PORT: '', KEYWAY_SECRET_KEY: '', DATABASE_URL: '' })).toEqual(parsed({}));
  });

  it('are told of all at once when several are wrong', () => {
    const flags = { port: '70000', 'public-origin': 'https://hub.example.com/path', 'body-limit-mb': '0' };
    const env = { KEYWAY_COLOUR: 'red', KEYWAY_TRUST_PROXY: 'perhaps', KEYWAY_SECRET_KEY: 'short', DATABASE_URL: 'x' };
    expect(problems(flags, env)).toEqual([
      '--port: must be a whole number from 0 to 65535, not 70000',
      'DATABASE_URL: must be an address as postgresql://user:password@host:5432/database',
      '--public-origin: must be scheme, host and port, as https://hub.example.com, not https://hub.example.com/path',
      'KEYWAY_TRUST_PROXY: must be true or false, not perhaps',
      'KEYWAY_SECRET_KEY: must have at least 32 characters, not 5',
      '--body-limit-mb: must be a whole number from 1 to 1024, not 0',
      'KEYWAY_COLOUR: there is no such setting',
    ]);
  });

  it.each(['8080x', '-1', '1.5', ' 80', '0x50'])('take no port as %s', (port) => {
    expect(problems({}, { KEYWAY_PORT: port })).toEqual([
      `KEYWAY_PORT: must be a whole number from 0 to 65535, not ${port}`,
    ]);
  });
});

describe('the database address', () => {
  const own = 'postgresql://own.test/keyway';
  const given = 'postgresql://given.test/keyway';

  it('is DATABASE_URL where Keyway’s own variable is not set', () => {
    expect(parsed({}, { DATABASE_URL: given }).databaseUrl).toBe(given);
    expect(parsed({}, { DATABASE_URL: given, KEYWAY_DATABASE_URL: own }).databaseUrl).toBe(own);
    expect(parsed({ 'database-url': own }, { DATABASE_URL: given }).databaseUrl).toBe(own);
  });

  it('is not taken from the environment where a folder is named by flag', () => {
    expect(parsed({ data: '/data' }, { DATABASE_URL: given }).databaseUrl).toBeNull();
    expect(parsed({}, { KEYWAY_DATA: '/data', DATABASE_URL: given }).databaseUrl).toBe(given);
  });

  it('cannot be given together with a folder', () => {
    expect(problems({ data: '/data', 'database-url': own })).toEqual([
      '--data: give --data or --database-url, not both',
    ]);
  });

  it('is never repeated in a complaint, as it may hold a password', () => {
    expect(problems({ 'database-url': 'mysql://root:swordfish@db.test/x' }).join()).not.toContain('swordfish');
  });
});

describe('the demo', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('may listen on %s', (host) => {
    expect(problems({ demo: true, host })).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'hub.example.com', '127.0.0.1.example.com'])('refuses %s', (host) => {
    expect(problems({ demo: true }, { KEYWAY_HOST: host })).toEqual([
      `KEYWAY_HOST: the demo credentials are public, so --demo listens on loopback only, not on ${host}`,
    ]);
  });
});

describe('a test double', () => {
  it('has a database of its own, in a folder that is named by flag or in none', () => {
    const env = { KEYWAY_DOUBLE: 'on', KEYWAY_DATA: '/data', DATABASE_URL: 'postgresql://db.test/keyway' };
    expect(parsed({}, env)).toMatchObject({ double: { dir: null }, databaseUrl: null });
    expect(parsed({ data: 'here' }, env).double).toEqual({ dir: resolve('here') });
    expect(problems({ double: true, 'database-url': 'postgresql://db.test/keyway' })).toEqual([
      '--database-url: a test double has a database of its own: leave it out, or --double',
    ]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'hub.example.com'])('refuses %s', (host) => {
    expect(problems({ double: true, host })).toEqual([
      `--host: a test double listens on loopback only, not on ${host}`,
    ]);
  });
});

describe('the data folder', () => {
  it('is that of the clone, or of the working directory for an installed Keyway', () => {
    expect(defaultDataDir('/home/ada/keyway/src')).toBe('/home/ada/keyway/data');
    expect(defaultDataDir('/usr/lib/node_modules/keyway/dist')).toBe(join(process.cwd(), 'data'));
  });
});
