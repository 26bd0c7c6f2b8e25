// Runs the examples of a page as a reader would who copies them into a shell, from top to bottom.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../src/keyway.js', import.meta.url));
const manifest = fileURLToPath(new URL('../package.json', import.meta.url));

/** A fenced block of a page: its language, and the line that it begins at. */
export type Block = { readonly language: string; readonly text: string; readonly line: number };

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: page.slice(0, index).split('\n').length + 1,
  }));
}

/** One call of curl: the status that its page announces, if any, and what came. */
export type Call = {
  readonly announced: string;
  readonly status: string;
  readonly body: string;
  readonly command: string;
};
/** A block of commands with the calls that it made, and the answer that the page prints below it. */
export type Ran = { readonly block: Block; readonly calls: readonly Call[]; readonly printed: Block | undefined };

/**
 * Runs the blocks marked `sh` in one shell, so that variables and functions carry on. A comment `# … answers 422 …` announces the
 * status of the calls below it, up to the next comment or empty line; `# … exits with 2 …` so announces the code of a command. A block marked `yaml` whose first line is `# name.yaml`
 * is the file of that name. Of npm, `run -s keyway --` runs the command line on the database given; whatever else would
 * start a server or the tests is only looked up in package.json.
 * Throws when a command fails.
 */
export async function runPage(page: string, serverUrl: string, env: Record<string, string>): Promise<Ran[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyway-docs-'));
  try {
    await Promise.all(Object.entries(shims).map(([name, text]) => writeExecutable(join(folder, name), text)));
    const blocks = blocksOf(page);
    for (const { language, text } of blocks) {
      const file = /^# (\S+\.yaml)\n/.exec(text)?.[1];
      if (language === 'yaml' && file !== undefined) await writeFile(join(folder, file), text);
    }
    const scripts = blocks.filter(({ language }) => language === 'sh');
    const script = scripts
      .map(
        ({ text }, index) =>
          `export BLOCK=${index} ANSWERS= EXITS=0\n${announcing(text.replaceAll('http://127.0.0.1:8080', serverUrl))}`,
      )
      .join('\n');
    await runScript(script, folder, env);
    const calls = await readCalls(folder);
    return scripts.map((block, index) => {
      const next = blocks[blocks.indexOf(block) + 1];
      const made = calls.filter((call) => call.block === index);
      return { block, calls: made, printed: next?.language === 'json' ? next : undefined };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const announcing = (script: string): string =>
  script.replaceAll(/^(#.*|)$/gm, (line) => {
    const status = /\banswers (\d{3})\b/.exec(line)?.[1] ?? '';
    const code = /\bexits with (\d+)\b/i.exec(line)?.[1] ?? '0';
    return `export ANSWERS=${status} EXITS=${code}`;
  });

async function runScript(script: string, folder: string, env: Record<string, string>): Promise<void> {
  const path = process.env.PATH ?? '';
  try {
    await run('sh', ['-e', '-c', script], {
      cwd: folder,
      env: {
        ...env,
        ...{ PATH: `${folder}:${path}`, OWN_PATH: path, CALLS: folder, HOME: folder, TMPDIR: folder },
        ...{ NODE: process.execPath, MAIN: main, MANIFEST: manifest },
      },
      timeout: 250_000,
    });
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: unknown };
    const calls = (await readCalls(folder)).map(({ status, command }) => `${status} ${command}`).slice(-3);
    throw new Error(`ended with ${code}\n${stderr}\n${stdout?.slice(-2000)}\n${calls.join('\n')}`);
  }
}

const shims: Readonly<Record<string, string>> = {
  // As few processes as can be: pages make hundreds of calls.
  curl: `#!/bin/sh
call="$CALLS/call.$$"
PATH="$OWN_PATH" curl --dump-header "$call.head" "$@" > "$call.body"
code=$?
cat "$call.body"
printf '%s\\0' "$$" "$BLOCK" "$ANSWERS" "$*" >> "$CALLS/made"
exit $code
`,
  npm: `#!/bin/sh
case "$1 $2 $3 $4" in
  "run -s keyway --") shift 4; [ "$1" = serve ] && exit; "$NODE" "$MAIN" "$@"; [ $? = "$EXITS" ] ;;
  *) [ "$1" = run ] && shift; grep -q "^    \\"$1\\": " "$MANIFEST" ;;
esac
`,
};

async function writeExecutable(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o755);
}

async function readCalls(folder: string): Promise<(Call & { block: number })[]> {
  const made = (await readFile(join(folder, 'made'), 'utf8').catch(() => '')).split('\0').slice(0, -1);
  const calls: (Call & { block: number })[] = [];
  for (let at = 0; at < made.length; at += 4) {
    const [process, block, announced = '', command = ''] = made.slice(at, at + 4);
    const call = join(folder, `call.${process}`);
    const heads = await readFile(`${call}.head`, 'utf8').catch(() => ''); // nobody answered
    const body = await readFile(`${call}.body`, 'utf8');
    const status = [...heads.matchAll(/^HTTP\S* (\d+)/gm)].at(-1)?.[1] ?? '';
    calls.push({ block: Number(block), announced, status, body, command });
  }
  return calls;
}
