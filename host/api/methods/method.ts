import type { z } from 'zod';

/** Name -> arguments and result. */
export type Methods = Readonly<Record<string, { readonly args: z.ZodType; readonly result: z.ZodType }>>;
