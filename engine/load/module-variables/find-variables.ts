import type { NodePath, types as t } from '@babel/core';
import type { SourceLocation } from '../../../common/source-location.ts';
import type { SourceFile } from '../sources.ts';
import { changesOf } from './changes.ts';
import { parseModule, type ModuleFile } from './module-file.ts';
import { Reach } from './reach.ts';

/** A variable of a module that each process has for itself. */
export interface ModuleVariable {
  readonly name: string;
  readonly at: SourceLocation;
}

/** Where nodes of a workflow are written, as its drawing says. */
export interface WrittenNodes {
  /** The batch nodes that workers execute. */
  readonly inWorkers: readonly SourceLocation[];
  /** All others that are not inside of one of those. */
  readonly inRunner: readonly SourceLocation[];
}

/**
 * The variables of modules by which batches in workers would lose something: a batch changes them, or reads what a step outside of
 * it changes. Nothing is executed.
 */
export function findModuleVariables(
  sources: readonly SourceFile[],
  { inWorkers, inRunner }: WrittenNodes,
): ModuleVariable[] {
  // A parser takes longer to load than most files to run.
  if (inWorkers.length === 0 || !sources.some(({ text }) => mayHaveVariables(text))) return [];
  const files = new Map<string, ModuleFile>();
  for (const source of sources) {
    // A tsconfig.json is one, too.
    if (!/\.[cm]?[jt]sx?$/i.test(source.path)) continue;
    const file = parseModule(source);
    if (file) files.set(source.path, file);
  }
  const worker = new Reach(files);
  const runner = new Reach(files);
  for (const file of files.values()) {
    const isWorkers = placesOf(inWorkers, file);
    const isRunners = placesOf(inRunner, file);
    file.program.traverse({
      CallExpression(call) {
        const given = call.get('arguments');
        const place = placeOf(call.node);
        // The options of a batch, with its items, are the runner's.
        const body = isWorkers.has(place) ? given.pop() : undefined;
        if (body) worker.value(body, file);
        if (body || isRunners.has(place)) for (const argument of given) runner.value(argument, file);
      },
    });
  }
  return [...files.values()].flatMap(file => variablesOf(file, worker, runner));
}

/** Variables of a module begin a line in all usual formats of code. */
function mayHaveVariables(text: string): boolean {
  if (/^(?:export\s+)?(?:let|var)\s/m.test(text)) return true;
  const collections = /^(?:export\s+)?const\s+[\w$]+[^=\n]*=\s*(?:\[|\{|new\s+(?:Set|Map)\b)/m;
  return collections.test(text) && /\+\+|--|[-+*/%&|^]=|\.(?:push|unshift|add|set)\(|\]\s*=[^=]/.test(text);
}

function variablesOf({ path, program }: ModuleFile, worker: Reach, runner: Reach): ModuleVariable[] {
  return Object.values(program.scope.bindings).flatMap(binding => {
    const changes = changesOf(binding);
    const isLost =
      changes.some(change => worker.has(change)) ||
      (changes.some(change => runner.has(change)) &&
        binding.referencePaths.some(reference => isRead(reference, worker)));
    const start = binding.identifier.loc?.start;
    if (!isLost || !start) return [];
    return [{ name: binding.identifier.name, at: { file: path, line: start.line, column: start.column + 1 } }];
  });
}

function isRead(reference: NodePath, worker: Reach): boolean {
  return worker.has(reference) && reference.findParent(parent => parent.isTSType()) === null;
}

function placesOf(places: readonly SourceLocation[], { path }: ModuleFile): Set<string> {
  return new Set(places.filter(({ file }) => file === path).map(({ line, column }) => `${line}:${column}`));
}

/** As V8 has the place of a call in a stack: that of the method's name. */
function placeOf({ callee }: t.CallExpression): string {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  return name.loc ? `${name.loc.start.line}:${name.loc.start.column + 1}` : '';
}
