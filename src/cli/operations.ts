/** `keyway migrate` and `keyway doctor` */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { type Inspection, inspectDatabase } from '../store/postgres/inspect.ts';
import { CommandFailure, codeOf, messageOf } from './failure.ts';
import { explained, migrateOrExplain } from './installation.ts';
import { print, table } from './output.ts';
import { openPostgres } from './postgres.ts';

const alone = { share: true, log: () => {} };

export async function migrateCommand(config: Config): Promise<undefined> {
  const postgres = await openPostgres(config, alone);
  try {
    const { from, to } = await migrateOrExplain(config, postgres.connection);
    print(from === to ? `The database is at schema ${to} already.` : `The database went from schema ${from} to ${to}.`);
  } finally {
    await postgres.close();
  }
}

type Finding = readonly [what: string, verdict: 'ok' | 'warning' | 'FAILED', detail: string];

const oldestNode = 24;
const oldestPostgres = 15;

/** Looks at everything that a server needs, and changes nothing. Settings were found right already, or this would not run. */
export async function doctor(config: Config): Promise<number> {
  const folder = await folderFinding(config);
  const database = await databaseFinding(config, folder);
  const findings: Finding[] = [nodeFinding(), keyFinding(config), folder, database];
  print(table(['CHECK', '', ''], findings));
  return findings.some(([, verdict]) => verdict === 'FAILED') ? 1 : 0;
}

function nodeFinding(): Finding {
  const isRecent = Number(process.versions.node.split('.')[0]) >= oldestNode;
  return [
    'node',
    isRecent ? 'ok' : 'FAILED',
    isRecent ? process.version : `${process.version}; needs ${oldestNode} or newer`,
  ];
}

function keyFinding({ secretKey, databaseUrl, dataDir }: Config): Finding {
  if (secretKey !== null) return ['secret key', 'ok', 'from KEYWAY_SECRET_KEY'];
  if (databaseUrl === null) return ['secret key', 'ok', `kept in ${dataDir}`];
  return ['secret key', 'warning', `kept in ${dataDir}; with several servers set KEYWAY_SECRET_KEY, the same on each`];
}

const notYet = 'there is none yet: the first start makes it';

async function folderFinding({ dataDir }: Config): Promise<Finding> {
  const existing = await nearestFolder(dataDir);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    return ['data folder', 'ok', existing === dataDir ? dataDir : `${dataDir}; ${notYet}`];
  } catch (error) {
    return ['data folder', 'FAILED', messageOf(error)];
  }
}

async function nearestFolder(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (error) {
    return codeOf(error) === 'ENOENT' && dirname(path) !== path ? nearestFolder(dirname(path)) : path;
  }
}

async function databaseFinding(config: Config, [, folder, detail]: Finding): Promise<Finding> {
  if (config.databaseUrl === null && (folder === 'FAILED' || detail.endsWith(notYet))) {
    return [
      'database',
      folder,
      folder === 'FAILED' ? 'embedded, but the data folder is of no use' : `embedded; ${notYet}`,
    ];
  }
  try {
    const postgres = await openPostgres(config, alone);
    try {
      return verdictOn(config, postgres.shared, await inspectDatabase(postgres.connection));
    } finally {
      await postgres.close();
    }
  } catch (error) {
    const cause = explained(config, error);
    return ['database', 'FAILED', cause instanceof CommandFailure ? cause.lines.join(' ') : messageOf(cause)];
  }
}

function verdictOn(
  config: Config,
  shared: boolean,
  { serverVersion, serverMajor, schema, knownSchema }: Inspection,
): Finding {
  const which = config.databaseUrl === null ? `embedded${shared ? ', in use by a running server' : ''}` : 'server';
  const about = `${which}; PostgreSQL ${serverVersion}; schema ${schema} of ${knownSchema}`;
  if (serverMajor < oldestPostgres)
    return ['database', 'FAILED', `${about}; needs PostgreSQL ${oldestPostgres} or newer`];
  if (schema > knownSchema) return ['database', 'FAILED', `${about}: a newer Keyway has migrated it`];
  if (schema < knownSchema) return ['database', 'warning', `${about}: the next start migrates it`];
  return ['database', 'ok', about];
}
