/** Takes the arguments after the name of a command and returns the exit code. */
export type Command = (argv: readonly string[]) => Promise<number>;

export interface CommandEntry {
  /** How it is called, after `cronflow`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly help: string;
  readonly options?: readonly (readonly [option: string, help: string])[];
  /** It looks for the store of runs by itself, so that `--store` goes with it where it would not find it. */
  readonly findsStore?: true;
  /** Loads its module, and with it only what this command needs. */
  readonly load: () => Promise<Command>;
}

/** All commands, in the order in which the help lists them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    usage: 'run <file> [--workflow <id>] [--payload <json> | --payload-file <path>]',
    help: 'runs a workflow file',
    options: [
      ['--durability full', 'checkpoints survive a power cut, too; also for resume and rerun'],
      ['--workers <n>|auto', 'executes batches in so many processes; also for resume and rerun'],
    ],
    load: async () => (await import('./commands/run.ts')).run,
  },
  resume: {
    usage: 'resume <run>',
    help: 'resumes an interrupted run',
    options: [
      ['--file <path>', 'where the workflow file is now, if it was moved; also for rerun'],
      ['--renamed old=new', 'a node that has another name in the file now; also for rerun'],
      ['--discard <name>', 'takes the work of a node out of use that the file has no more; also for rerun'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  rerun: {
    usage: 'rerun <run>',
    help: 're-runs its failed batches, in the same run',
    options: [
      ['--node <name>', 'only those of one batch or forEach; of a step: from that step on'],
      ['--batches failed|all|0,4,7-9', 'which batches (default: failed)'],
      ['--from-start', 'repeats the completed steps of these batches, too'],
      ['--dry-run', 'only shows what a re-run would do'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/rerun.ts')).rerun,
  },
  effects: {
    usage: 'effects <run> [--only unknown|failed|done]',
    help: 'lists what its steps have done outside (ctx.effect), and settles what is unknown',
    options: [
      ['--done <key>', 'says that it was done: it is never executed again'],
      ['--receipt <json>', 'what ctx.effect returns for it (with --done)'],
      ['--not-done <key>', 'says that it was not done: a re-run executes it'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/effects.ts')).effects,
  },
  cancel: {
    usage: 'cancel <run>',
    help: 'cancels a run',
    findsStore: true,
    load: async () => (await import('./commands/cancel.ts')).cancel,
  },
  runs: {
    usage: 'runs [--limit <n>]',
    help: 'lists the newest runs of a store (default: 50)',
    findsStore: true,
    load: async () => (await import('./commands/runs.ts')).runs,
  },
  show: {
    usage: 'show <run> [--batches failed|all|0,4,7-9]',
    help: 'shows a run and its batches',
    findsStore: true,
    load: async () => (await import('./commands/show.ts')).show,
  },
  list: {
    usage: 'list <file|folder>',
    help: 'lists the workflows of a file or folder, with their graphs',
    load: async () => (await import('./commands/list.ts')).list,
  },
  find: {
    usage: 'find <run>',
    help: 'finds the items that make its failed batches fail',
    options: [
      ['--node <name>', 'only in those of one batch or forEach'],
      ['--batches failed|0,4,7-9', 'in which batches (default: failed)'],
      ['--yes', 'allows to execute steps that are not `pure: true`'],
      ['--probes <n>, --seconds <n>', 'how much to try in each batch (default: 200 probes, 10 s)'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/find.ts')).find,
  },
  probe: {
    usage: 'probe <run>',
    help: 'executes one failed batch over some of its items, and keeps nothing',
    options: [['--items 0,4,7-9', 'over which items (default: all); also --node, --batches, --seconds and --yes']],
    findsStore: true,
    load: async () => (await import('./commands/probe.ts')).probe,
  },
  studio: {
    usage: 'studio [folder]',
    help: 'opens the app; without Electron or a display, in the browser',
    load: async () => (await import('./commands/studio.ts')).studio,
  },
  serve: {
    usage: 'serve [folder] [--port n]',
    help: 'serves the app to browsers on this machine',
    options: [['--trust', 'trusts the folder for this launch; also for studio']],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  new: {
    usage: 'new <folder>',
    help: 'creates a workspace with a first workflow',
    load: async () => (await import('./commands/new.ts')).newWorkspace,
  },
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);
