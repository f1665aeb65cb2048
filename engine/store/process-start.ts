import path from 'node:path';

/** What is asked of the operating system about processes. Tests give recorded answers of other systems than theirs. */
export interface ProcessSource {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Whether some process has this number. */
  readonly exists: (pid: number) => boolean;
  readonly readFile: (file: string) => string;
  /** Where a link points to. */
  readonly readLink: (file: string) => string;
  /** The standard output of a program. @throws when it cannot be started, fails, or takes too long */
  readonly run: (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => string;
  /** The same without waiting for it. Gives undefined where `run` throws. */
  readonly runLater: (
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    told: (output: string | undefined) => void,
  ) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}

export type ProcessStart =
  /** In the system's own terms: to be compared, not read. */
  | { readonly kind: 'started'; readonly at: string }
  /** It has ended, and nobody has waited for it: a zombie. */
  | { readonly kind: 'ended' }
  /** The system does not tell. */
  | { readonly kind: 'unknown' };

/** Whether a look at a start time means to start a program: milliseconds on macOS, half a second on Windows. */
export function isSlowToAsk(platform: NodeJS.Platform): boolean {
  return platform === 'darwin' || platform === 'win32';
}

/** When the process that has this number now was started: tells it from an earlier one of the same number. */
export function startOf(pid: number, source: ProcessSource): ProcessStart {
  if (!Number.isSafeInteger(pid) || pid <= 0) return { kind: 'unknown' };
  try {
    switch (source.platform) {
      case 'linux':
        return parseProcStat(source.readFile(`/proc/${pid}/stat`));
      default: {
        const question = questionOf(pid, source);
        return question
          ? question.parse(source.run(question.program, question.args, question.env))
          : { kind: 'unknown' };
      }
    }
  } catch {
    // It ended between two looks, or belongs to a user about whom we may not ask.
    return { kind: 'unknown' };
  }
}

/** The same without waiting for the answer, where a program has to be started for it. */
export function startLater(pid: number, source: ProcessSource, told: (start: ProcessStart) => void): void {
  const question = questionOf(pid, source);
  if (!question) return told(startOf(pid, source));
  source.runLater(question.program, question.args, question.env, output =>
    told(output === undefined ? { kind: 'unknown' } : question.parse(output)),
  );
}

interface Question {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly parse: (output: string) => ProcessStart;
}

function questionOf(pid: number, { platform, env }: ProcessSource): Question | undefined {
  switch (platform) {
    case 'darwin':
      return {
        program: '/bin/ps',
        args: ['-o', 'stat=,lstart=', '-p', String(pid)],
        // Without these two the text depends on who asks.
        env: { ...env, LC_ALL: 'C', TZ: 'UTC' },
        parse: parsePs,
      };
    case 'win32':
      // Not run on Windows so far, only with recorded output: see docs/reliability.md.
      return {
        program: powershell(env),
        args: ['-NoProfile', '-NonInteractive', '-Command', `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`],
        env,
        parse: parseFileTime,
      };
    default:
      return undefined;
  }
}

/** By its full path: Windows looks for a bare name in the current folder first, which may be anybody's. */
function powershell(env: NodeJS.ProcessEnv): string {
  const root = env.SystemRoot ?? 'C:\\Windows';
  return path.win32.join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}

/** `4321 (node (x)) S 1 … 8867233 …`: the name in parentheses may hold spaces and parentheses, the fields after it do not. */
function parseProcStat(text: string): ProcessStart {
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return { kind: 'ended' };
  const at = fields[19];
  return at !== undefined && /^\d+$/.test(at) ? { kind: 'started', at } : { kind: 'unknown' };
}

/** `Ss   Sat Nov 28 03:10:20 2026` */
function parsePs(text: string): ProcessStart {
  const [, state = '', at = ''] = /^\s*(\S+)\s+(\S.*\d{4})\s*$/.exec(text) ?? [];
  if (state.startsWith('Z')) return { kind: 'ended' };
  return at === '' ? { kind: 'unknown' } : { kind: 'started', at: at.replaceAll(/\s+/g, ' ') };
}

/** `134087622201234567`: units of 100 ns since 1601. */
function parseFileTime(text: string): ProcessStart {
  const at = text.trim();
  return /^\d{15,20}$/.test(at) ? { kind: 'started', at } : { kind: 'unknown' };
}
