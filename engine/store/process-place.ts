import { sha256 } from '../sha256.ts';
import type { ProcessSource } from './process-start.ts';

/*
 * A process number means something in one place only: in a container, number 7 is another process than number 7
 * outside of it or in the container beside it, and all of them may have one host name.
 */

/** Where a process is, in the system's own terms: to be compared, not read. */
export interface ProcessPlace {
  /** Names one start of a kernel. */
  readonly boot: string;
  /** In which its process numbers are counted. */
  readonly pidNamespace: string;
  /** By whose clock the start times of its processes are told. */
  readonly timeNamespace: string;
  /** Names the machine beyond restarts, where it has a name. Containers seldom have one. */
  readonly machine: string | undefined;
}

/** The place of this process on Linux; undefined where the system does not tell, or tells of another place. */
export function ownPlace(source: ProcessSource): ProcessPlace | undefined {
  try {
    // In a namespace of its own, with the /proc of another: what stands there is about other processes.
    if (source.readLink('/proc/self') !== String(process.pid)) return undefined;
    return {
      boot: source.readFile('/proc/sys/kernel/random/boot_id').trim(),
      pidNamespace: source.readLink('/proc/self/ns/pid'),
      timeNamespace: timeNamespace(source),
      machine: machine(source),
    };
  } catch {
    return undefined;
  }
}

/** Kernels before 5.6 have one time for all. */
function timeNamespace(source: ProcessSource): string {
  try {
    return source.readLink('/proc/self/ns/time');
  } catch {
    return '-';
  }
}

/** The name itself is not to be given away (machine-id(5)): only what is made of it. */
function machine(source: ProcessSource): string | undefined {
  try {
    const name = source.readFile('/etc/machine-id').trim();
    return /^[\da-f]{32}$/.test(name) ? sha256(`cronflow ${name}`).slice(0, 16) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * - `here`: its process number and its start time can be looked at from this place.
 * - `before-restart`: on this machine, before it was started the last time.
 * - `elsewhere`: nothing can be said about it from here.
 */
export type Whereabouts = 'here' | 'before-restart' | 'elsewhere';

export function whereabouts(place: ProcessPlace, own: ProcessPlace): Whereabouts {
  if (place.boot !== own.boot)
    return place.machine !== undefined && place.machine === own.machine ? 'before-restart' : 'elsewhere';
  return place.pidNamespace === own.pidNamespace && place.timeNamespace === own.timeNamespace ? 'here' : 'elsewhere';
}

const MARK = 'linux';

/** A start time together with the place where it was told, as one text. */
export function placedStart(start: string, place: ProcessPlace): string {
  return [MARK, start, place.boot, place.pidNamespace, place.timeNamespace, place.machine ?? '-'].join(' ');
}

export function parsePlacedStart(text: string): { readonly start: string; readonly place: ProcessPlace } | undefined {
  const [mark, start, boot, pidNamespace, timeNamespace, name] = text.split(' ');
  if (mark !== MARK || start === undefined || boot === undefined || name === undefined) return undefined;
  if (pidNamespace === undefined || timeNamespace === undefined) return undefined;
  return { start, place: { boot, pidNamespace, timeNamespace, machine: name === '-' ? undefined : name } };
}
