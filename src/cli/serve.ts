/** `keyway serve`: opens everything, says when it is ready, and ends in order. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Dialects, loadDialects } from '../dialects/contract.ts';
import type { Hub } from '../engine/hub.ts';
import { createLog } from '../http/log.ts';
import { demoGuide } from './demo-guide.ts';
import { CommandFailure, codeOf, exitCodes } from './failure.ts';
import { openServed } from './served.ts';

/** Requests under way have 10 s of it; the rest is for the database. */
const stopLimitMs = 30_000;

/** Serves until a signal comes. Throws CommandFailure when it cannot start.
 *  @returns the exit code. */
export async function serve(config: Config, dialects: Dialects): Promise<number> {
  const log = createLog({ json: config.jsonLog });
  const { logger } = log;
  const signal = firstSignal(logger);
  process.stderr.on('error', () => {}); // whoever read the log may be gone: the server is not
  if (config.databaseUrl !== null && config.secretKey === null) {
    logger.warn(
      `KEYWAY_SECRET_KEY is not set: one in ${config.dataDir} is used, and every server on this database needs it`,
    );
  }
  const wanted = wantedDialects(config, dialects);
  const [served, { createServer }] = await Promise.all([
    openServed(config, () => loadDialects(wanted), logger),
    import('../http/server.ts'),
  ]);
  let app: FastifyInstance | undefined;
  try {
    const { hub } = served;
    if (config.demo && config.double === null) {
      const { loadDemo } = await import('../demo.ts');
      await hub.workspaces.oneAtATime(() => loadDemo(hub));
    }
    app = createServer({ hub, dialects: served.dialects, settings: config, logger, logRequest: log.request });
    served.attach(app);
    const base = await listen(app, config);
    served.begin();
    process.stdout.write(`keyway ready ${base}\n${await guide(config, base, hub)}`);
    const cause = await Promise.race([signal, served.ended.then(() => 'database ended' as const)]);
    logger.info({ cause }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    return cause === 'database ended' ? 1 : 0;
  } finally {
    await Promise.all([app?.close(), served.rest()]);
    await served.close();
    log.flush();
  }
}

async function guide({ demo, double }: Config, base: string, hub: Hub): Promise<string> {
  if (double !== null) return `\nTest double        ${base}/v1/double, see docs/test-double.md\n${demoGuide(base)}`;
  return demo ? demoGuide(base) : firstKey(hub);
}

/** Those that are named, and the native one, which answers for paths of no dialect. */
function wantedDialects({ dialects: names }: Config, dialects: Dialects): Dialects {
  if (names === null) return dialects;
  const unknown = names.filter((name) => !Object.hasOwn(dialects, name));
  if (unknown.length > 0) {
    throw new CommandFailure(
      `--dialect: there is no ${unknown.join(', ')}; there are ${Object.keys(dialects).join(', ')}`,
      exitCodes.usage,
    );
  }
  return Object.fromEntries(Object.entries(dialects).filter(([name]) => name === 'native' || names.includes(name)));
}

/** Resolves at the first signal to stop; the next one ends the process at once. */
function firstSignal(logger: Logger): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  const receive = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    // One Ctrl-C under npm comes twice: from the terminal, and passed on by npm.
    if (firstAt !== undefined && now - firstAt < 300) return;
    if (firstAt !== undefined) {
      logger.warn({ signal }, 'stopped at once');
      process.exit(1);
    }
    firstAt = now;
    resolve(signal);
  };
  process.on('SIGTERM', receive).on('SIGINT', receive);
  return promise;
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  try {
    await app.listen({ host: config.host, port: config.port, listenTextResolver: () => 'listening' });
  } catch (error) {
    const at = `${config.host}:${config.port}`;
    switch (codeOf(error)) {
      case 'EADDRINUSE':
        throw new CommandFailure(
          `Port ${config.port} is in use on ${config.host}: stop what has it, or give another --port.`,
        );
      case 'EACCES':
        throw new CommandFailure(`This user may not listen on ${at}.`);
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw new CommandFailure(`This machine has no address ${config.host}.`);
      default:
        throw error;
    }
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  if (['0.0.0.0', '::', 'localhost'].includes(config.host)) return `http://127.0.0.1:${port}`;
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}

/** The first start of an empty database makes a workspace; its key is shown this once, and stored only as a hash. */
async function firstKey(hub: Hub): Promise<string> {
  if ((await hub.workspaces.list()).length > 0) return '';
  const outcome = await hub.workspaces.create({ name: 'Main' });
  if (outcome.kind === 'name_taken') return ''; // another server of the same database was first
  const { workspace, adminKey } = outcome;
  return `
Workspace          ${workspace.name} (${workspace.guid})
Administrator key  ${adminKey}

The key is shown this once. Send it as "Authorization: Bearer <key>"; make others with: keyway keys create
`;
}
