/** Takes the arguments after the name of a command and returns the exit code. */
export type Command = (argv: readonly string[]) => Promise<number>;

/** An option as its users write it, and what it does. */
export type OptionHelp = readonly [option: string, help: string];

export interface CommandEntry {
  /** How it is called, after `cronflow`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly help: string;
  /** All that are not in the usage, and not options of every command. */
  readonly options?: readonly OptionHelp[];
  /** It looks for the store of runs by itself, so that `--store` goes with it where it would not find it. */
  readonly findsStore?: true;
  /** Loads its module, and with it only what this command needs. */
  readonly load: () => Promise<Command>;
}

/* Options of several commands: the help of all commands says once what they do, and of which commands they are. */
const WORKFLOW: OptionHelp = ['--workflow <id>', 'which workflow, if the file has several'];
const DURABILITY: OptionHelp = ['--durability full', 'checkpoints survive a power cut, too'];
const WORKERS: OptionHelp = ['--workers <n>|auto', 'executes batches in so many processes'];
const NO_CACHE: OptionHelp = ['--no-cache', 'executes also steps whose output is in the cache'];
const QUEUE: OptionHelp = [
  '--queue [url]',
  'workers on other machines execute batches (without url: that of CRONFLOW_QUEUE or cronflow.json)',
];
const QUEUE_OF_WORKERS: OptionHelp = [
  '--queue <url>',
  'the queue of the workers (default: CRONFLOW_QUEUE or cronflow.json)',
];
const ON_FAILURE: OptionHelp = ['--on-failure <command|url>', 'is told when the run fails'];
const ON_FINISH: OptionHelp = ['--on-finish <command|url>', 'is told when the run has ended'];
const FILE: OptionHelp = ['--file <path>', 'where the workflow file is now'];
const RENAMED: OptionHelp = ['--renamed old=new', 'a node that has another name in the file now'];
const DISCARD: OptionHelp = ['--discard <name>', 'takes the work of a node out of use that the file has no more'];
const SEARCHED_NODE: OptionHelp = ['--node <name>', 'only in batches of one batch node or forEach'];
const SEARCHED_BATCHES: OptionHelp = ['--batches failed|0,4,7-9', 'in which batches (default: failed)'];
const SECONDS: OptionHelp = ['--seconds <n>', 'how long to try in each batch (default: 10)'];
const PAYLOAD: OptionHelp = ['--payload <json>', 'what is passed on with it'];
const NO_RESUME: OptionHelp = ['--no-resume', 'only stores it: the run goes on when it is resumed'];
const DECISION: readonly OptionHelp[] = [['--reason <text>', 'why'], PAYLOAD, NO_RESUME, QUEUE];
const YES: OptionHelp = ['--yes', 'executes steps that are not `pure: true`, too'];
const TRUST: OptionHelp = ['--trust', 'trusts the folder for this launch'];

/** What each command takes. */
export const OPTIONS_OF_ALL: readonly OptionHelp[] = [
  ['--store <db>', 'the store of runs (default: .cronflow/runs.db of the project)'],
  ['--env-file <path>', 'sets the environment variables of this file that are not set yet'],
  ['--json', 'JSON lines on standard output; the last one is the summary'],
  ['--help', 'shows this text; with a command, all that it takes'],
];

/** All commands, in the order in which the help lists them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    usage: 'run <file> [--payload <json> | --payload-file <path>]',
    help: 'runs a workflow file',
    options: [
      WORKFLOW,
      ['--key <text>', 'one run, however often it is started with this key'],
      NO_CACHE,
      DURABILITY,
      WORKERS,
      QUEUE,
      ON_FAILURE,
      ON_FINISH,
    ],
    load: async () => (await import('./commands/run.ts')).run,
  },
  demo: {
    usage: 'demo <file|id>',
    help: 'shows a workflow: slowly, with failures that a re-run heals, in its own store',
    options: [WORKFLOW, ['--reset', 'deletes earlier demos first: this one is run 1']],
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  resume: {
    usage: 'resume <run>',
    help: 'resumes an interrupted run',
    options: [
      ['--dry-run', 'only shows what a resume would do'],
      FILE,
      RENAMED,
      DISCARD,
      DURABILITY,
      WORKERS,
      QUEUE,
      NO_CACHE,
      ON_FAILURE,
      ON_FINISH,
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
      ['--set-aside found|2:17,4:3', 'their batches go without these items (batch:item), which stay on record'],
      ['--take-back all|2:17,4:3', 'runs the batches of items set aside with them again'],
      ['--edit \'Title="1941"\'', 'corrects the one item that is taken back in; may be given several times'],
      ['--reason <text>', 'why (with --set-aside)'],
      ['--climb', 'one batch, ten, and so on; stops when too many fail'],
      ['--dry-run', 'only shows what a re-run would do'],
      FILE,
      RENAMED,
      DISCARD,
      DURABILITY,
      WORKERS,
      QUEUE,
      ON_FAILURE,
      ON_FINISH,
    ],
    findsStore: true,
    load: async () => (await import('./commands/rerun.ts')).rerun,
  },
  work: {
    usage: 'work <folder>',
    help: 'executes batches of runs on other machines (docs/many-machines.md)',
    options: [QUEUE_OF_WORKERS, ['--concurrency <n>', 'how many batches at a time (default: two for each core)']],
    load: async () => (await import('./commands/work.ts')).work,
  },
  workers: {
    usage: 'workers',
    help: 'lists the workers of a queue, with what they do and which code they have',
    options: [QUEUE_OF_WORKERS, ['--drain <address>', 'has this worker finish what it has, and end']],
    load: async () => (await import('./commands/workers.ts')).workers,
  },
  effects: {
    usage: 'effects <run> [--only unknown|failed|done]',
    help: 'lists what its steps have done outside (ctx.effect), and settles what is unknown',
    options: [
      ['--done <key>', 'says that it was done: it is never executed again'],
      ['--receipt <json>', 'what ctx.effect returns for it (with --done)'],
      ['--not-done <key>', 'says that it was not done: a re-run executes it'],
      ['--dry-run', 'only shows what --done and --not-done would settle'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/effects.ts')).effects,
  },
  cancel: {
    usage: 'cancel <run> [--batch <index>]',
    help: 'cancels a run, or one batch of it while the run goes on',
    options: [
      ['--batch <index>', 'only this batch, from 0: it ends as cancelled, and the run goes on'],
      ['--node <name>', 'with --batch: of which batch or forEach, by its path'],
      ['--dry-run', 'only shows what it would end'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/cancel.ts')).cancel,
  },
  approve: {
    usage: 'approve <run> [token]',
    help: 'approves what a run waits for (humanInTheLoop), and goes on with the run',
    options: DECISION,
    findsStore: true,
    load: async () => (await import('./commands/decide.ts')).approve,
  },
  reject: {
    usage: 'reject <run> [token]',
    help: 'rejects what a run waits for, and goes on with the run',
    options: DECISION,
    findsStore: true,
    load: async () => (await import('./commands/decide.ts')).reject,
  },
  publish: {
    usage: 'publish <event>',
    help: 'publishes an event, and goes on with the runs that wait for it (waitForEvent)',
    options: [PAYLOAD, NO_RESUME, QUEUE],
    findsStore: true,
    load: async () => (await import('./commands/publish.ts')).publish,
  },
  notify: {
    usage: 'notify [--on-failure <command|url>] [--on-finish <command|url>]',
    help: 'has the store tell a command or an address when one of its runs fails or ends',
    options: [
      ['--test <run>', 'tells now of this run, as if it had just ended'],
      ['--off', 'tells nobody any more'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/notify.ts')).notify,
  },
  delete: {
    usage: 'delete <runs>',
    help: 'deletes runs for good, with all that is stored of them',
    options: [['--dry-run', 'only shows how much of the store they take']],
    findsStore: true,
    load: async () => (await import('./commands/delete.ts')).deleteRuns,
  },
  prune: {
    usage: 'prune [--older-than 30d] [--keep 100]',
    help: 'deletes runs that are no longer needed, and gives the space back to the disk',
    options: [
      ['--older-than 30d', 'runs that ended longer ago than this'],
      ['--keep <n>', 'all but the newest <n> runs of each workflow'],
      ['--keep-failed', 'but none that failed, or in which a batch failed'],
      ['--unfinished', 'also runs that can be resumed: paused and interrupted ones'],
      ['--dry-run', 'only shows what would be deleted, and why the others stay'],
      ['--as-policy', 'stores the rule: from now on it is applied by itself, at most once an hour'],
      ['--no-policy', 'forgets the stored rule'],
      ['--compact', 'writes the whole file anew, once, for a store of an earlier version'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/prune.ts')).prune,
  },
  runs: {
    usage: 'runs [--limit <n>]',
    help: 'lists the newest runs of a store (default: 50)',
    options: [
      ['--workflow <id>', 'only runs of this workflow'],
      ['--status failed,paused', 'only runs that stand so'],
      ['--parts', 'also runs that are a part of another one'],
    ],
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
      SEARCHED_NODE,
      SEARCHED_BATCHES,
      YES,
      ['--probes <n>', 'how many probes to try in each batch (default: 200)'],
      ['--watch', 'then tries them again with each save'],
      SECONDS,
      FILE,
    ],
    findsStore: true,
    load: async () => (await import('./commands/find.ts')).find,
  },
  probe: {
    usage: 'probe <run>',
    help: 'executes one failed batch over some of its items, and keeps nothing',
    options: [
      ['--items 0,4,7-9', 'over which items of the batch (default: all); 2:17 is item 17 of batch 2'],
      ['--values', 'shows what the failing line names, with its values'],
      ['--shrink', 'takes away from an item what its failure does not need, and shows what is left'],
      ['--code-or-data', 'says whether the code or the data is at fault, by trying older code'],
      ['--pin', 'writes a test of the items beside the workflow, which fails until they pass'],
      SEARCHED_NODE,
      SEARCHED_BATCHES,
      YES,
      SECONDS,
      FILE,
    ],
    findsStore: true,
    load: async () => (await import('./commands/probe.ts')).probe,
  },
  debug: {
    usage: 'debug <run>',
    help: 'executes one failed batch in a debugger, and stops at the failing step',
    options: [
      ['--items 0,4,7-9', 'over which items of the batch (default: all)'],
      ['--step <name>', 'stops at this step (default: the one that has failed)'],
      ['--listed', 'everybody on this machine can ask the port for the address'],
      SEARCHED_NODE,
      SEARCHED_BATCHES,
      YES,
      FILE,
    ],
    findsStore: true,
    load: async () => (await import('./commands/debug.ts')).debug,
  },
  export: {
    usage: 'export <run> --html <file> | --items failed|set-aside|all',
    help: 'writes a run as one page to hand over, or its items for a spreadsheet',
    options: [
      ['--html <file>', 'the run as a page that opens in any browser, with values hidden'],
      ['--values', 'with --html: payloads, items, outputs, logs, messages and source code as they are'],
      ['--format xlsx|csv|jsonl', 'what it writes (default: by the name of the file, else csv)'],
      ['--out <file>', 'where to (default: standard output, but for xlsx)'],
      ['--set-aside', 'all that is set aside, as JSON lines'],
      ['--node <name>', 'only those of one batch or forEach, by its path'],
    ],
    findsStore: true,
    load: async () => (await import('./commands/export.ts')).exportRun,
  },
  import: {
    usage: 'import <run> <file>',
    help: 're-runs batches with the items that were corrected in an exported file',
    options: [
      ['--dry-run', 'only shows what was corrected, and tests it'],
      YES,
      SECONDS,
      FILE,
      DURABILITY,
      WORKERS,
      QUEUE,
    ],
    findsStore: true,
    load: async () => (await import('./commands/import.ts')).importItems,
  },
  studio: {
    usage: 'studio [folder]',
    help: 'opens the app; without Electron or a display, in the browser',
    options: [TRUST],
    load: async () => (await import('./commands/studio.ts')).studio,
  },
  serve: {
    usage: 'serve [folder] [--port <n>]',
    help: 'serves the app to browsers on this machine, or on a server (docs/server.md)',
    options: [
      TRUST,
      ['--triggers', 'starts runs by onSchedule, onInterval, onWebhook and onEvent'],
      QUEUE,
      ['--webhook-port <n>', 'where webhooks are received (default: 3000)'],
      ['--webhook-host <address>', 'receives webhooks there (default: 127.0.0.1)'],
      ['--host <address>', 'listens there (default: 127.0.0.1)'],
      ['--public-url <url>', 'the address that browsers use, through a reverse proxy'],
      ['--tls-in-front', 'a proxy with TLS is in front: --host may be beyond this machine'],
      ['--without-tls', 'the network itself is safe: --host may be beyond this machine'],
      ['--token-file <path>', 'asks for the token in this file; writes a new one if it is missing'],
    ],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  mcp: {
    usage: 'mcp',
    help: 'answers a coding agent (Model Context Protocol): see docs/agents.md',
    options: [['--read-only', 'the agent can look, and re-run nothing']],
    findsStore: true,
    load: async () => (await import('./commands/mcp.ts')).mcp,
  },
  new: {
    usage: 'new <folder>',
    help: 'creates a workspace with a first workflow',
    load: async () => (await import('./commands/new.ts')).newWorkspace,
  },
  completion: {
    usage: 'completion bash|zsh|fish',
    help: 'writes what a shell needs to complete commands, options and runs',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);
