/** The command line: which commands there are, their flags, and how any of them fails. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { type Config, type Flags, parseConfig, settings } from '../config.ts';
import type { Dialects } from '../dialects/contract.ts';
import { cleanCommand } from './clean.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { Dropped } from './remote/api.ts';
import { auditCommand } from './remote/audit.ts';
import { exportCommand } from './remote/export.ts';
import { approveCommand, cancelCommand } from './remote/held.ts';
import { importCommand } from './remote/import.ts';
import { formats, setFormats } from './remote/input.ts';
import { issuesCommand } from './remote/issues.ts';
import { replayCommand } from './remote/replay.ts';
import { revertCommand } from './remote/revert.ts';
import { runsCommand } from './remote/runs.ts';
import { addScope, syncCommand } from './remote/sync.ts';
import { createUser, listUsers } from './users.ts';
import { createWorkspaceCommand, listWorkspacesCommand } from './workspaces.ts';

/** A command's own flags, by their camel-cased names. */
type Options = Readonly<Record<string, unknown>>;
/** @returns the exit code; nothing for 0. */
type Run = (config: Config, operands: readonly string[], options: Options) => Promise<number | undefined>;

/** Runs the command of `argv` (without node and script). Never throws.
 *  @returns the exit code. */
export async function runProgram(argv: readonly string[], dialects: Dialects): Promise<number> {
  let exitCode = 0;
  const finish = (code: number | undefined): void => {
    exitCode = code ?? 0;
  };
  try {
    await programOf(dialects, finish).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage; // said by commander
    if (error instanceof CommandFailure) {
      for (const line of error.lines) process.stderr.write(`keyway: ${line}\n`);
      return error.exitCode;
    }
    process.stderr.write(`keyway: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    return exitCodes.failure;
  }
}

function programOf(dialects: Dialects, finish: (code: number | undefined) => void): Command {
  const program = new Command('keyway')
    .description('An integration record hub: upsert by your own keys, link by keys on both sides, synchronise sets.')
    .version(versionOf())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'keyway: ')) });

  const leaf = (parent: Command, usage: string, about: string, run: Run): Command => {
    const command = parent.command(usage).description(about);
    addSettings(command, parent === program && usage === 'serve');
    // Unknown flags are collected, to be told together with whatever else is wrong.
    command.allowUnknownOption().allowExcessArguments();
    return command.action(async () => finish(await run(readConfig(command), command.args, command.opts())));
  };
  const inWorkspace = (command: Command): Command =>
    command.option('--workspace <WORKSPACE>', 'GUID, number or name; needed when there are several');

  // Parts that load much are loaded by the commands that need them.
  const operations = () => import('./operations.ts');
  const schemas = () => import('./schema.ts');

  leaf(program, 'serve', 'serve all APIs over HTTP', async (config) =>
    (await import('./serve.ts')).serve(config, dialects),
  );

  const workspaces = program.command('workspaces').description('make and list workspaces');
  leaf(workspaces, 'create <NAME>', 'make a workspace and its first administrator key', createWorkspaceCommand);
  leaf(workspaces, 'list', 'list all workspaces', listWorkspacesCommand);

  const users = program.command('users').description('make and list users');
  inWorkspace(leaf(users, 'create', 'make a user', createUser))
    .requiredOption('--email <ADDRESS>', 'what the user signs in with')
    .option('--name <NAME>', 'full name (default: the e-mail address)')
    .addOption(roleOption())
    .addOption(grantOption())
    .option('--password-stdin', 'read the password from standard input (default: make one and show it once)');
  inWorkspace(leaf(users, 'list', 'list the users of a workspace', listUsers));

  const keys = program.command('keys').description('make, list and revoke API keys');
  inWorkspace(leaf(keys, 'create', 'make an API key; its secret is shown once', createKey))
    .requiredOption('--label <TEXT>', 'what the key is for')
    .addOption(
      new Option('--kind <KIND>', 'how the key is presented')
        .choices(['bearer', 'client', 'oauth1', 'hmac', 'jwt'])
        .default('bearer'),
    )
    .option(
      '--public-key <FILE>',
      'for jwt: the PEM file of the public key or certificate that its assertions are verified by',
    )
    .addOption(roleOption())
    .addOption(grantOption());
  inWorkspace(leaf(keys, 'list', 'list the API keys of a workspace', listKeys));
  inWorkspace(leaf(keys, 'revoke <ID>', 'end an API key for good', revokeKey));

  const schema = program.command('schema').description('the schema of a workspace as one YAML or JSON document');
  const plan: Run = async (...given) => (await schemas()).planSchema(...given);
  const apply: Run = async (...given) => (await schemas()).applySchema(...given);
  const print: Run = async (...given) => (await schemas()).exportSchema(...given);
  inWorkspace(leaf(schema, 'plan <FILE>', 'show what apply would change; exit code 2 when anything', plan));
  inWorkspace(leaf(schema, 'apply <FILE>', 'make the schema equal the file', apply)).option(
    '--allow-loss',
    'also remove types and fields that hold data',
  );
  inWorkspace(leaf(schema, 'export', 'print the schema as YAML', print));

  addRemoteCommands(program, finish);

  leaf(program, 'clean', 'take away what is older than each workspace keeps it', cleanCommand).option(
    '--plan',
    'only show how much that is',
  );
  leaf(program, 'migrate', 'bring the database to the schema of this version', async (config) =>
    (await operations()).migrateCommand(config),
  );
  leaf(program, 'doctor', 'check settings, machine and database', async (config) =>
    (await operations()).doctor(config),
  );
  return program;
}

/** Commands that call a server over HTTP: they need its address and a key, and none of the settings. */
function addRemoteCommands(program: Command, finish: (code: number) => void): void {
  const remote = <RemoteOptions>(
    usage: string,
    about: string,
    run: (operands: readonly string[], options: RemoteOptions) => Promise<number>,
  ): Command => {
    const command = program.command(usage).description(`${about}; the API key is that of KEYWAY_API_KEY`);
    command.option('--url <URL>', 'address of the server (default: KEYWAY_URL, or http://127.0.0.1:8080)');
    return command.action(async () =>
      finish(await run(command.args, command.opts<RemoteOptions & object>()).catch(inPlainWords)),
    );
  };
  const formatOption = (choices: readonly string[], about: string): Option =>
    new Option('--format <FORMAT>', about).choices([...choices]);
  const bodyFormat = (choices: readonly string[]): Option =>
    formatOption(choices, 'of the file (default: as its name ends)');
  const decimalOption = (): Option =>
    new Option('--decimal <SIGN>', 'how numbers of CSV are written: 1234.5, or 1.234,5 (default: point)').choices([
      'point',
      'comma',
    ]);

  remote('import <TYPE> [FILE]', 'upsert the rows of a file, or link records with --links LINK FILE', importCommand)
    .option('--key <FIELD>', 'match field that each row is found by (default: external_id)')
    .addOption(new Option('--mode <MODE>', 'default: upsert').choices(['upsert', 'create', 'update']))
    .option('--links <LINK>', 'import links of this link type, as claim.contacts, instead of records')
    .option('--left-key <FIELD>', 'match field that the left column is the value of (default: it is a reference)')
    .option('--right-key <FIELD>', 'the same of the right column')
    .addOption(bodyFormat(formats))
    .addOption(decimalOption())
    .option('--force', 'write what another owns, too; needs the grant force')
    .option('--resume <IMPORT>', 'go on with an import that was cut short')
    .option('--rejected <FILE>', 'save the rejected rows as CSV')
    .addOption(new Option('--plan', 'only say what would be done').conflicts(['planId', 'resume', 'rejected']))
    .addOption(new Option('--plan-id <ID>', 'do just what this plan said, all of it or nothing').conflicts('resume'))
    .option('--json', 'with --plan: the plan as JSON');
  remote('sync <ENDPOINT> <FILE>', 'submit a complete set to an interface', syncCommand)
    .addOption(bodyFormat(setFormats))
    .addOption(decimalOption())
    .option('--form <API>', 'the file was made for this API, as relatics (default: rows)')
    .option('--scope <NAME=VALUE>', 'what the set is everything of, as region=EU; may be repeated', addScope)
    .addOption(new Option('--plan', 'only say what would be done').conflicts('planId'))
    .option('--plan-id <ID>', 'do just what this plan said')
    .option('--json', 'with --plan: the plan as JSON');
  remote('replay <RUN> [FILE]', 'apply what a run rejected after all, as it was sent or as a file says', replayCommand)
    .addOption(bodyFormat(setFormats))
    .addOption(decimalOption())
    .option('--element <PLACE>', 'only the element at this place of the set')
    .addOption(new Option('--plan', 'only say what it would do').conflicts('planId'))
    .option('--plan-id <ID>', 'do just what this plan said')
    .option('--json', 'with --plan: the plan as JSON');
  remote('runs [ENDPOINT]', 'the runs of an interface, or of all, newest first', runsCommand)
    .option('--state <STATES>', 'only those in these states, as held,failed')
    .option('--limit <COUNT>', 'at most so many (default: 20)')
    .option('--json', 'as JSON, with all that is known of them');
  remote('issues <RUN>', 'what a run found wrong, and what to do', issuesCommand)
    .addOption(new Option('--severity <SEVERITY>', 'only these').choices(['error', 'warning']))
    .option('--code <CODE>', 'only those of this code')
    .option('--key <KEY>', 'only those of elements with this key')
    .option('--open', 'only those that nothing has resolved since')
    .option('--limit <COUNT>', 'at most so many (default: 100)')
    .addOption(formatOption(['ndjson', 'csv'], 'all of them, CSV to be mended and sent again'))
    .option('--out <FILE>', 'write them to a file, as CSV unless --format says otherwise')
    .option('--spreadsheet', 'CSV that is to be opened in a spreadsheet');
  remote('approve <RUN>', 'delete what the guard of an interface held', approveCommand)
    .option('--deletes <COUNT>', 'how many may be deleted at most: the number that was shown')
    .addOption(new Option('--plan', 'only list them').conflicts('deletes'));
  remote('cancel <RUN>', 'let go of the deletes that a run holds, or of a set that is held as a whole', cancelCommand);
  remote('revert <RUN>', 'take back what a run changed', revertCommand)
    .option('--import', 'it is an import that is to be taken back')
    .addOption(new Option('--plan', 'only say what would be taken back, and what left alone').conflicts('planId'))
    .option('--plan-id <ID>', 'take back just what this plan said')
    .option('--json', 'with --plan: the plan as JSON');
  remote('audit', 'who did what to access and configuration, newest first', auditCommand)
    .option('--action <ACTIONS>', 'only these, as key_created,key_revoked')
    .option('--principal <NUMBER>', 'only what this user or key did')
    .option('--concerned <KIND>', 'only what was done to these, as user or interface:erp')
    .option('--since <TIME>', 'only what was done at this time or later, as 2026-11-30T00:00:00Z')
    .option('--until <TIME>', 'only what was done before this time')
    .option('--limit <COUNT>', 'at most so many (default: 20)')
    .option('--json', 'as JSON, with all that is known of them')
    .addOption(formatOption(['ndjson', 'csv'], 'all of them'))
    .option('--out <FILE>', 'write all of them to a file, as CSV unless --format says otherwise')
    .option('--spreadsheet', 'CSV that is to be opened in a spreadsheet');
  remote('export [TYPE]', 'all records of a type as rows, or all links with --links LINK', exportCommand)
    .option('--links <LINK>', 'export the links of this link type, as claim.contacts, instead of records')
    .addOption(formatOption(['ndjson', 'csv'], 'default: ndjson'))
    .option('--out <FILE>', 'write to a file (default: standard output)')
    .option('--limit <COUNT>', 'at most so many')
    .option('--spreadsheet', 'CSV that is to be opened in a spreadsheet')
    .addOption(
      new Option('--filter <FIELD=VALUE>', 'only those that pass; repeatable. As premium[gte]=1000 too')
        .default([] as string[], 'none')
        .argParser((text: string, given: string[]) => [...given, text]),
    );
}

/** Of a command that does not try again by itself. */
function inPlainWords(error: unknown): never {
  throw error instanceof Dropped ? new CommandFailure(error.message) : error;
}

function addSettings(command: Command, isServe: boolean): void {
  for (const [name, { value, about, serveOnly }] of Object.entries(settings)) {
    if (!isServe && serveOnly) continue;
    const option = new Option(value === null ? `--${name}` : `--${name} <${value}>`, about);
    // Given several times, the values are one list.
    command.addOption(
      name === 'dialect' ? option.argParser((text, before?: string) => (before ? `${before},${text}` : text)) : option,
    );
  }
}

const roleOption = (): Option =>
  new Option('--role <ROLE>', 'workspace role').choices(['admin', 'power', 'member']).default('member');

const grantOption = (): Option =>
  new Option(
    '--grant <TYPE=ACTION,...>',
    'for members; repeatable. As contact=read,edit or *=read or claim=attach:contact',
  )
    .default([] as string[], 'none')
    .argParser((text: string, given: string[]) => [...given, text]);

/** Settings and unknown flags, every problem at once. */
function readConfig(command: Command): Config {
  const flags: Flags = Object.fromEntries(
    Object.keys(settings).map((name) => [name, command.opts()[camelCased(name)] as string | boolean | undefined]),
  );
  const unknown = command.args.filter((operand) => /^-./.test(operand));
  const extra = unknown.length > 0 ? [] : command.args.slice(command.registeredArguments.length);
  const parsed = parseConfig(flags, process.env);
  const problems = [
    ...unknown.map((flag) => `${flag.replace(/=.*/s, '')}: there is no such flag`),
    ...extra.map((operand) => `${operand}: nothing is expected here`),
    ...(parsed.ok ? [] : parsed.problems),
  ];
  if (!parsed.ok || problems.length > 0) throw new CommandFailure(problems, exitCodes.usage);
  return parsed.config;
}

const camelCased = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
