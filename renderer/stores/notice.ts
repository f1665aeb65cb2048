import type { Problem } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { studio } from './studio.ts';

/** Shows what went wrong, whatever it is. */
export function notice(error: unknown): void {
  studio.setState({ notice: toProblem(error) });
}

/** What went wrong as a problem that can be shown. */
export function toProblem(error: unknown): Problem {
  return typeof error === 'object' && error !== null && 'message' in error
    ? { name: 'name' in error ? String(error.name) : 'Error', message: label(String(error.message), 20_000) }
    : { name: 'Error', message: label(String(error), 20_000) };
}
