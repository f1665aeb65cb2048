import type { Problem } from './api.ts';

/** The two ways in which what a person asked for comes out. */
export function succeeded<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function failed(problem: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem };
}

export function problemOf(error: unknown): Problem {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}
