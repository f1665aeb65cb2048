/**
 * What a checkpoint survives: with `normal` the death of its process, with `full` also a power cut or a crash of the
 * operating system, because each is on the disk before the next step begins.
 */
export type Durability = 'normal' | 'full';

const DURABILITIES: readonly Durability[] = ['normal', 'full'];

export function isDurability(value: unknown): value is Durability {
  return DURABILITIES.some(durability => durability === value);
}

/** Whoever asks for more gets it: nobody is given less than was asked for, without a word. */
export function strongest(...asked: readonly (Durability | undefined)[]): Durability {
  return asked.includes('full') ? 'full' : 'normal';
}
